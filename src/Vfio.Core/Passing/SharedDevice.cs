using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Vfio.Core;

/// <summary>
/// What another process needs to use a device that this one has opened: duplicates of the device's descriptor and of the container or iommufd that
/// its DMA goes through. <see cref="VfioDevice.Share"/> makes it, <see cref="Send"/> or <see cref="AllowInheritance"/> bring it there,
/// <see cref="Receive(Socket)"/> or <see cref="Inherit"/> take it, and <see cref="Open()"/> makes a device of it.
/// </summary>
/// <remarks>
/// <para>It keeps the device open like any descriptor of it. Disposing it closes the duplicates; a device that was opened from it stays open.
/// Thread-safe.</para>
/// <para>Both processes then have the same device, and the kernel does not keep them apart. What goes over, and what does not, is in
/// docs/lifecycle.md, "Passing a device on".</para>
/// </remarks>
public sealed class SharedDevice : IDisposable
{
    private readonly VfioHost _host;

    internal SharedDevice(VfioHost host, SharedDeviceText text, SafeHandle device, SafeHandle? space)
    {
        _host = host;
        Text = text;
        Device = device;
        Space = space;
    }

    /// <summary>The device's name: its address, or its UUID.</summary>
    public string Name => Text.Name;

    /// <summary>The back end that it was opened with; null where its address space does not go over.</summary>
    public VfioBackend? Backend => Text.Backend;

    /// <summary>Whether an IOMMU keeps the device from memory that is not mapped for it.</summary>
    public bool IsIsolated => Text.IsIsolated;

    /// <summary>The device's descriptor.</summary>
    public SafeHandle Device { get; }

    /// <summary>The descriptor of its container or iommufd; null where the device had none that could go over.</summary>
    public SafeHandle? Space { get; }

    internal SharedDeviceText Text { get; }

    /// <summary>Takes what <see cref="Send"/> has sent. The sender need not be trusted: whatever is wrong is refused, and nothing of it stays open.</summary>
    /// <param name="socket">The other end of the sender's.</param>
    /// <exception cref="ArgumentException">The socket is no UNIX socket.</exception>
    /// <exception cref="InvalidDataException">It is not what a <see cref="SharedDevice"/> sends, or the other side has closed the socket.</exception>
    /// <exception cref="TimeoutException">Nothing came in <see cref="Socket.ReceiveTimeout"/>.</exception>
    /// <exception cref="VfioException">The kernel refused, or too many descriptors came.</exception>
    public static SharedDevice Receive(Socket socket) => Receive(VfioHost.Local, socket);

    /// <summary>Takes over what a parent process has let this one inherit (<see cref="AllowInheritance"/>).</summary>
    /// <param name="text">What the parent has told: <see cref="DeviceInheritance.Text"/>. The descriptors that it names become this object's.</param>
    /// <exception cref="FormatException">It is not such a text.</exception>
    /// <exception cref="VfioException">
    /// A descriptor that it names is not open here, or is of something else. Neither is taken then: it may be another part's of this process.
    /// </exception>
    public static SharedDevice Inherit(string text) => DeviceInheritance.Take(VfioHost.Local, text);

    /// <summary>Sends the descriptors, and what they are of, over a UNIX socket in one message.</summary>
    /// <param name="socket">A connected UNIX socket of any kind.</param>
    /// <exception cref="ArgumentException">The socket is no UNIX socket.</exception>
    /// <exception cref="TimeoutException">The other side did not read in <see cref="Socket.SendTimeout"/>.</exception>
    /// <exception cref="VfioException">The kernel refused, or the other side is gone.</exception>
    /// <exception cref="ObjectDisposedException">This, or the socket, has been disposed.</exception>
    public void Send(Socket socket)
    {
        byte[] message = new byte[SharedDeviceText.Length];
        Encoding.ASCII.GetBytes(Text.ToString(), message);
        if (Space is null)
        {
            DescriptorSocket.Send(socket, message, Device);
        }
        else
        {
            DescriptorSocket.Send(socket, message, Device, Space);
        }
    }

    /// <summary>
    /// Lets children of this process inherit the descriptors, until the result is disposed: start the child in between, and give it
    /// <see cref="DeviceInheritance.Text"/> as an argument or in its environment.
    /// </summary>
    /// <remarks>Whatever else this process starts meanwhile inherits them too.</remarks>
    /// <exception cref="VfioException">The kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed.</exception>
    public DeviceInheritance AllowInheritance() => DeviceInheritance.Allow(_host, this);

    /// <summary>Opens the device in this process, with its address space. This keeps its own descriptors.</summary>
    /// <inheritdoc cref="Open(bool)"/>
    public VfioDevice Open() => Open(allowUnsafeNoIommu: false);

    /// <summary>Opens the device in this process, with its address space. This keeps its own descriptors.</summary>
    /// <param name="allowUnsafeNoIommu">As <see cref="VfioDeviceOptions.AllowUnsafeNoIommu"/>.</param>
    /// <returns>The device as its opener left it: nothing was reset, and the command register is as it was. The caller disposes it.</returns>
    /// <exception cref="VfioException">
    /// A step failed, or the descriptor is none of an open device; the exception names it and says what to do. That it is the device of this name is
    /// the sender's word.
    /// </exception>
    /// <exception cref="InvalidDataException">What the kernel tells of the device contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed.</exception>
    public VfioDevice Open(bool allowUnsafeNoIommu)
    {
        using AddressSpace? space = Space is null
            ? null
            : AddressSpace.Create(_host, new AddressSpaceOptions { Node = Space, Backend = Backend, AllowUnsafeNoIommu = allowUnsafeNoIommu && !IsIsolated });
        var options = new VfioDeviceOptions { Node = Device, AddressSpace = space, AllowUnsafeNoIommu = allowUnsafeNoIommu };

        // A node that nobody has opened all the way is not what was shared, and would be opened as one's own.
        if (!PassedDevice.IsReady(_host.Kernel, Device))
        {
            throw PassingErrors.NotADevice(Name);
        }

        return Guid.TryParseExact(Name, "D", out Guid uuid)
            ? VfioDevice.Open(_host, uuid, options)
            : VfioDevice.Open(_host, PciAddress.Parse(Name), options);
    }

    /// <summary>Closes the duplicates.</summary>
    public void Dispose()
    {
        Device.Dispose();
        Space?.Dispose();
    }

    internal static SharedDevice Of(VfioHost host, KernelDevice device, AddressSpace? space, bool isIsolated)
    {
        // The device's descriptor keeps the container or iommufd open.
        using DescriptorLease held = device.Hold();
        KernelHandle? node = space?.Iommu switch
        {
            IoasBackend ioas => ioas.Ioas.Iommufd,
            ContainerBackend { IsIsolated: true } container => container.Container,
            _ => null,
        };
        KernelHandle own = device.Duplicate();
        try
        {
            return new SharedDevice(
                host,
                new SharedDeviceText(device.Name, node is null ? null : space!.Iommu.Kind, isIsolated),
                own,
                node?.Duplicate());
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    internal static SharedDevice Receive(VfioHost host, Socket socket)
    {
        byte[] bytes = new byte[SharedDeviceText.Length];
        DescriptorMessage message = DescriptorSocket.Receive(socket, bytes, maxDescriptors: 2);
        try
        {
            int length = message.Length;
            while (length > 0 && length < bytes.Length)
            {
                // A stream hands over what is there; no descriptors belong to the rest.
                using DescriptorMessage rest = DescriptorSocket.Receive(socket, bytes.AsSpan(length), maxDescriptors: 0);
                length = rest.Length == 0 ? 0 : length + rest.Length;
            }

            if (length == 0 || !SharedDeviceText.TryParse(Encoding.ASCII.GetString(bytes).TrimEnd('\0'), out SharedDeviceText text))
            {
                throw new InvalidDataException("The other side of the socket sent no device.");
            }

            int wanted = text.Backend is null ? 1 : 2;
            if (message.Descriptors.Count != wanted)
            {
                throw new InvalidDataException($"{text.Name}: {message.Descriptors.Count} descriptors came with it, and not {wanted}.");
            }

            return new SharedDevice(host, text, message.Descriptors[0], wanted == 2 ? message.Descriptors[1] : null);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }
}
