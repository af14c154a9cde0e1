using System.Globalization;
using System.Text;
using Vfio.Core;
using Xunit;

namespace Vfio.Device.Tests.Lab;

/// <summary>QEMU's monitor, which the lab gives the guest at a port, to pull devices out, plug them in, and slow them down.</summary>
internal static class QemuMonitor
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>Presses the button at the slot. The device goes when the kernel has let go of it.</summary>
    public static void Unplug(string id) => Say("device_del " + id);

    /// <summary>Plugs a device in, and waits until the kernel has found it.</summary>
    public static void Plug(string line, PciAddress address)
    {
        // QEMU refuses for as long as the slot is not free, which is a little longer than the kernel needs to forget the device.
        for (int i = 0; i < 10 && !Exists(address); i++)
        {
            Say("device_add " + line);
            _ = SpinWait.SpinUntil(() => IsThere(address), TimeSpan.FromSeconds(6));
        }

        Assert.True(Exists(address), address + " is not there");

        // Its folder is there some time before a driver can have it. The end of that is seen nowhere.
        Thread.Sleep(TimeSpan.FromSeconds(3));
    }

    /// <summary>Waits until a device is gone.</summary>
    public static void AwaitGone(PciAddress address)
        => Assert.True(SpinWait.SpinUntil(() => !IsThere(address), _patience), address + " is still there");

    /// <summary>Lets the NVMe drive carry out so many commands a second, or with zero as many as it can.</summary>
    public static void ThrottleNvme(int commandsPerSecond)
        => Say(string.Create(CultureInfo.InvariantCulture, $"block_set_io_throttle namespace 0 0 0 {commandsPerSecond} 0 0"));

    public static bool Exists(PciAddress address) => Directory.Exists("/sys/bus/pci/devices/" + address);

    private static bool IsThere(PciAddress address)
    {
        Thread.Sleep(100);
        return Exists(address);
    }

    private static void Say(string line)
    {
        string? port = Directory.GetDirectories("/sys/class/virtio-ports").FirstOrDefault(static folder
            => File.ReadAllText(Path.Combine(folder, "name")).Trim() == "monitor");
        Assert.SkipWhen(port is null, "needs QEMU's monitor, which only the lab's guest has");
        using FileStream stream = new("/dev/" + Path.GetFileName(port), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(Encoding.ASCII.GetBytes(line + "\n"));
    }
}
