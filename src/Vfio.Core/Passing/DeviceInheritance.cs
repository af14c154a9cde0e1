using System.Globalization;
using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>A time in which children that are started inherit a device: <see cref="SharedDevice.AllowInheritance"/>.</summary>
/// <remarks>Not thread-safe. Disposing it ends the time; the child keeps what it has.</remarks>
public sealed class DeviceInheritance : IDisposable
{
    private const char Separator = ',';
    private const int NoNumber = -1;

    private readonly List<KernelHandle> _handles = [];

    private DeviceInheritance(string text) => Text = text;

    /// <summary>
    /// What the child gives to <see cref="SharedDevice.Inherit"/>: the device, and the numbers of the descriptors. It has neither quotes nor
    /// a need for them other than the blanks in it.
    /// </summary>
    public string Text { get; private set; }

    /// <summary>Closes what children that are started from now on would inherit.</summary>
    public void Dispose()
    {
        foreach (KernelHandle handle in _handles)
        {
            handle.Dispose();
        }

        _handles.Clear();
    }

    internal static DeviceInheritance Allow(VfioHost host, SharedDevice device)
    {
        var inheritance = new DeviceInheritance(device.Text.ToString());
        try
        {
            // Duplicates of its own: their flag is not what the descriptors of the device have, and they are gone with the time.
            inheritance.Add(host, device.Device, device.Name);
            if (device.Space is { } space)
            {
                inheritance.Add(host, space, device.Name);
            }

            return inheritance;
        }
        catch
        {
            inheritance.Dispose();
            throw;
        }
    }

    internal static SharedDevice Take(VfioHost host, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(Separator);
        int[] numbers = [.. parts[1..].Select(static part => Number(part))];
        if (!SharedDeviceText.TryParse(parts[0], out SharedDeviceText device)
            || numbers.Length != (device.Backend is null ? 1 : 2)
            || numbers.Contains(NoNumber)
            || numbers.Distinct().Count() != numbers.Length)
        {
            throw new FormatException($"'{text}' is not what DeviceInheritance.Text says of a device.");
        }

        // Where they were closed on the way, the numbers may be of what the runtime has opened for itself since.
        Check(host, device.Name, numbers);
        KernelHandle own = Adopt(host, numbers[0], device.Name);
        try
        {
            return new SharedDevice(host, device, own, device.Backend is null ? null : Adopt(host, numbers[1], device.Name));
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private static int Number(string text)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int fd) && fd > 2 ? fd : NoNumber;

    private static unsafe void Check(VfioHost host, string name, int[] numbers)
    {
        var info = new vfio_device_info { argsz = (uint)sizeof(vfio_device_info) };
        int result = host.Kernel.GetDeviceInfo(numbers[0], &info);
        if (result < 0)
        {
            throw PassingErrors.NotInherited("VFIO_DEVICE_GET_INFO", name, numbers[0], "an open VFIO device", -result);
        }

        if (numbers.Length > 1 && !IommufdHandle.Recognizes(host.Kernel, numbers[1]))
        {
            int version = host.Kernel.GetApiVersion(numbers[1]);
            if (version != (int)VFIO_API_VERSION)
            {
                throw PassingErrors.NotInherited("VFIO_GET_API_VERSION", name, numbers[1], "a container or iommufd", version < 0 ? -version : 0);
            }
        }
    }

    // The grandchildren have nothing to do with it.
    private static KernelHandle Adopt(VfioHost host, int fd, string name)
    {
        int result = host.Kernel.SetCloseOnExec(fd, true);
        return result >= 0
            ? new KernelHandle(host.Kernel, fd, name)
            : throw PassingErrors.NotInherited("fcntl F_SETFD", name, fd, "open", -result);
    }

    private void Add(VfioHost host, SafeHandle handle, string name)
    {
        int fd = NodeOpener.Open(host.Kernel, name, handle);
        if (fd < 0)
        {
            throw PassingErrors.Duplicate(name, -fd);
        }

        _handles.Add(new KernelHandle(host.Kernel, fd, name));
        int result = host.Kernel.SetCloseOnExec(fd, false);
        if (result < 0)
        {
            throw PassingErrors.Duplicate(name, -result);
        }

        Text = string.Create(CultureInfo.InvariantCulture, $"{Text}{Separator}{fd}");
    }
}
