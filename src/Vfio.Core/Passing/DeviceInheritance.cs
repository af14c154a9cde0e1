using System.Globalization;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>A time in which children that are started inherit a device: <see cref="SharedDevice.AllowInheritance"/>.</summary>
/// <remarks>Not thread-safe. Disposing it ends the time; the child keeps what it has.</remarks>
public sealed class DeviceInheritance : IDisposable
{
    private const char Separator = ',';

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
        if (!SharedDeviceText.TryParse(parts[0], out SharedDeviceText device)
            || parts.Length != (device.Backend is null ? 2 : 3)
            || !parts[1..].All(static part => TryParse(part, out _)))
        {
            throw new FormatException($"'{text}' is not what DeviceInheritance.Text says of a device.");
        }

        KernelHandle own = Adopt(host, parts[1], device.Name);
        try
        {
            return new SharedDevice(host, device, own, device.Backend is null ? null : Adopt(host, parts[2], device.Name));
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    private static bool TryParse(string text, out int fd)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out fd) && fd > 2;

    // The grandchildren have nothing to do with it.
    private static KernelHandle Adopt(VfioHost host, string part, string name)
    {
        _ = TryParse(part, out int fd);
        int result = host.Kernel.SetCloseOnExec(fd, true);
        return result >= 0 ? new KernelHandle(host.Kernel, fd, name) : throw PassingErrors.NotInherited(name, fd, -result);
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
