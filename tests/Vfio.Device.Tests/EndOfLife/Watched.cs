using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.EndOfLife;

/// <summary>A device that is bound to vfio-pci, open, and about to be taken away; afterwards it is there again.</summary>
internal sealed class Watched : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DriverBinding _binding;

    public Watched(PciAddress address, TimeSpan gracePeriod, AddressSpace? space = null)
    {
        _binding = DriverBinding.Bind(address);
        try
        {
            Device = VfioDevice.Open(address, Mode.DeviceOptions with { AddressSpace = space, RemovalGracePeriod = gracePeriod });
            Device.Config.Command |= PciCommand.Memory;
        }
        catch
        {
            Device?.Dispose();
            _binding.Dispose();
            throw;
        }
    }

    public VfioDevice Device { get; }

    public PciAddress Address => _binding.Address;

    /// <summary>Begins to take the device away, which ends when the device is released.</summary>
    public Task TakeAway(RemovalWay way) => Task.Factory.StartNew(
        () => File.WriteAllText(
            way == RemovalWay.Unbind ? "/sys/bus/pci/drivers/vfio-pci/unbind" : $"/sys/bus/pci/devices/{Address}/remove",
            way == RemovalWay.Unbind ? Address.ToString() : "1"),
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Waits until the kernel has asked for the device.</summary>
    public void AwaitRequest()
    {
        Assert.True(Device.Lifetime.RemovalRequested.WaitHandle.WaitOne(Patience), "the kernel's request did not arrive");
        Assert.NotNull(Device.Lifetime.RemovalRequestedAt);
    }

    /// <summary>Waits until whoever takes the device away has it.</summary>
    public static void AwaitEnd(Task removal) => Assert.True(removal.Wait(Patience), "the removal still waits for the device");

    public void Dispose()
    {
        Device.Dispose();
        if (!QemuMonitor.Exists(Address))
        {
            File.WriteAllText("/sys/bus/pci/rescan", "1");
        }

        _binding.Dispose();
    }
}
