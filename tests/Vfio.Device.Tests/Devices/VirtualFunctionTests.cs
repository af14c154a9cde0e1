using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>Virtual functions that the library makes and removes, with users and without.</summary>
public sealed class VirtualFunctionTests : IDisposable
{
    private static readonly Guid _token = Guid.Parse("0d0f1c2e-93a5-4a7e-8a61-54f2c9b7e310");
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly PciAddress _address;
    private readonly DriverBinding _binding;
    private readonly SriovSwitch _switch;

    public VirtualFunctionTests()
    {
        Mode.RequireIommu();
        _address = TestDevice.Igb();
        _switch = new SriovSwitch(allowed: true);
        _binding = DriverBinding.Bind(_address);
    }

    public void Dispose()
    {
        // Also after a test that failed before it had removed them: this object does not know what that one's has changed.
        try
        {
            PciVirtualFunctions.Of(_address).Disable();
        }
        finally
        {
            try
            {
                File.WriteAllText($"/sys/bus/pci/devices/{_address}/sriov_drivers_autoprobe", "1");
            }
            finally
            {
                try
                {
                    _binding.Dispose();
                }
                finally
                {
                    _switch.Dispose();
                }
            }
        }
    }

    [Fact]
    public void They_come_and_go_and_no_driver_of_the_host_takes_them()
    {
        PciVirtualFunctions functions = PciVirtualFunctions.Of(_address);
        Assert.Equal((0, 0), (functions.Count, functions.Addresses.Count));
        Assert.InRange(functions.Limit, 2, 256);
        Assert.True(functions.AreProbed);
        Assert.Throws<ArgumentOutOfRangeException>(() => functions.Enable(functions.Limit + 1));

        IReadOnlyList<PciAddress> made = functions.Enable(2);

        Assert.Equal(2, made.Count);
        Assert.Equal(made, functions.Addresses);
        Assert.Equal(made, PciFunction.Read(_address).VirtualFunctions.Select(static it => it.Address));
        Assert.False(functions.AreProbed);

        // vfio-pci reserves them for itself; otherwise none would have them.
        Assert.All(made, static it => Assert.Equal("vfio-pci", PciFunction.Read(it).Driver));
        Assert.Equal(VfioErrorKind.DeviceBusy, Assert.Throws<VfioException>(() => functions.Enable(1)).Kind);

        functions.Disable();
        functions.Disable();

        Assert.Equal((0, 0, true), (functions.Count, functions.Addresses.Count, functions.AreProbed));
    }

    [Fact]
    public void What_cannot_make_them_says_what_is_missing()
    {
        using (var forbidden = new SriovSwitch(allowed: false))
        {
            VfioException refusal = Assert.Throws<VfioException>(() => PciVirtualFunctions.Of(_address).Enable(1));
            Assert.Contains("enable_sriov", refusal.Message, StringComparison.Ordinal);
            Assert.Equal((VfioErrorKind.NotSupported, Native.Errno.ENOENT), (refusal.Kind, refusal.Errno));
            Assert.True(PciVirtualFunctions.Of(_address).AreProbed);
        }

        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => PciVirtualFunctions.Of(TestDevice.Edu())).Kind);
        Assert.Equal(
            VfioErrorKind.NoSuchDevice, Assert.Throws<VfioException>(() => PciVirtualFunctions.Of(PciAddress.Parse("0000:7f:1f.7"))).Kind);
    }

    [Fact]
    public void The_physical_function_stays_in_d0_while_it_has_them()
    {
        using VfioDevice physical = VfioDevice.Open(_address, new VfioDeviceOptions { Token = _token });
        PciVirtualFunctions functions = PciVirtualFunctions.Of(_address);
        functions.Enable(1);
        try
        {
            VfioException refusal = Assert.Throws<VfioException>(() => physical.Power.SetState(PciPowerState.D3Hot));
            Assert.Contains("PciVirtualFunctions.Disable", refusal.Remedy, StringComparison.Ordinal);
            Assert.Equal(PciPowerState.D0, physical.Power.State);
        }
        finally
        {
            functions.Disable();
        }
    }

    [Fact]
    public void One_that_is_open_is_waited_for_and_goes_when_its_user_lets_go()
    {
        using VfioDevice physical = VfioDevice.Open(_address, new VfioDeviceOptions { Token = _token });
        PciVirtualFunctions functions = PciVirtualFunctions.Of(_address);
        PciAddress address = functions.Enable(2)[0];
        using DriverBinding binding = DriverBinding.Bind(address);
        VfioDevice device = VfioDevice.Open(address, new VfioDeviceOptions { Token = _token });
        device.Config.Command |= PciCommand.BusMaster;
        using DmaBuffer buffer = device.Dma.Allocate(4096);
        using InterruptSet msix = device.Interrupts.Msix.Enable(1);

        // Like another process that the kernel asks in vain.
        using (SharedDevice held = device.Share())
        {
            device.Dispose();
            VfioException refusal = Assert.Throws<VfioException>(() => functions.Disable(TimeSpan.FromSeconds(2)));
            Assert.Equal(VfioErrorKind.InUse, refusal.Kind);
            Assert.Contains("vfio inspect", refusal.Remedy, StringComparison.Ordinal);

            // What is asked of sysfs meanwhile must not wait for the user too.
            Assert.InRange(functions.Count, 0, 1);
            Assert.True(Directory.Exists($"/sys/bus/pci/devices/{address}"));
        }

        functions.Disable(_limit);
        Assert.False(Directory.Exists($"/sys/bus/pci/devices/{address}"));
        Assert.Empty(functions.Addresses);
        Assert.True(functions.AreProbed);

        // The memory was the user's, and is so still.
        buffer.Write32(0, 7);
        Assert.Equal(7u, buffer.Read32(0));
        physical.Reset();
    }

    [Fact]
    public void One_that_is_open_here_is_named_and_the_others_count_until_it_is_closed()
    {
        using VfioDevice physical = VfioDevice.Open(_address, new VfioDeviceOptions { Token = _token });
        PciVirtualFunctions functions = PciVirtualFunctions.Of(_address);
        IReadOnlyList<PciAddress> made = functions.Enable(2);
        using (VfioDevice.Open(made[0], new VfioDeviceOptions { Token = _token }))
        {
            for (int attempt = 0; attempt < 2; attempt++)
            {
                VfioException refusal = Assert.Throws<VfioException>(() => functions.Disable(TimeSpan.FromSeconds(2)));
                Assert.Contains($"This process has {made[0]} open", refusal.Remedy, StringComparison.Ordinal);
                Assert.Equal([made[1]], functions.Addresses);
            }
        }

        functions.Disable(_limit);
        Assert.Equal((0, true), (functions.Count, functions.AreProbed));
    }

    [Fact]
    public async Task A_removal_that_is_under_way_ends_with_the_dispose()
    {
        using VfioDevice physical = VfioDevice.Open(_address, new VfioDeviceOptions { Token = _token });
        PciVirtualFunctions functions = PciVirtualFunctions.Of(_address);
        PciAddress address = functions.Enable(1)[0];
        using DriverBinding binding = DriverBinding.Bind(address);
        using VfioDevice device = VfioDevice.Open(address, new VfioDeviceOptions { Token = _token });

        Task removal = Task.Run(() => functions.Disable(_limit));
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        device.Dispose();
        await removal;

        Assert.Equal(0, functions.Count);
        Assert.False(Directory.Exists($"/sys/bus/pci/devices/{address}"));
    }
}
