using System.Buffers.Binary;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

public sealed class DeviceFeatureTests : IDisposable
{
    private const DeviceFeature Later = (DeviceFeature)0x123;
    private const uint GetAndSet = (uint)(VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET);

    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Every_feature_is_told_with_what_can_be_done()
    {
        Serve(DeviceFeature.Migration, (uint)VFIO_DEVICE_FEATURE_GET, 8);
        Serve(DeviceFeature.MigrationDeviceState, GetAndSet, 8);
        _machine.Device.Token = Guid.Empty;
        using VfioDevice device = _machine.Open();

        IReadOnlyDictionary<DeviceFeature, DeviceFeatureSupport> all = device.Features.GetAllSupport();

        Assert.Equal(Enum.GetValues<DeviceFeature>().Order(), all.Keys.Order());
        Assert.Equal(DeviceFeatureSupport.Get, all[DeviceFeature.Migration]);
        Assert.Equal(DeviceFeatureSupport.Get | DeviceFeatureSupport.Set, all[DeviceFeature.MigrationDeviceState]);
        Assert.Equal(DeviceFeatureSupport.Set, all[DeviceFeature.PciVfToken]);
        Assert.Equal(DeviceFeatureSupport.None, all[DeviceFeature.ZpciError]);
        Assert.Equal(DeviceFeatureSupport.None, device.Features.GetSupport(Later));
    }

    [Theory]
    [InlineData(Errno.ENOTTY)]
    [InlineData(Errno.EINVAL)]
    [InlineData(Errno.EOPNOTSUPP)]
    public void A_kernel_that_knows_no_such_feature_says_so_in_several_ways(int errno)
    {
        using VfioDevice device = _machine.Open();
        _machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.DeviceFeature), errno);
        Assert.Equal(DeviceFeatureSupport.None, device.Features.GetSupport(DeviceFeature.LowPowerExit));
        Assert.Equal(DeviceMigration.None, device.Features.GetMigration());
    }

    [Fact]
    public void A_probe_that_fails_otherwise_is_no_answer()
    {
        using VfioDevice device = _machine.Open();
        _machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.DeviceFeature), Errno.EIO);
        ErrorAssert.Refused(
            VfioErrorKind.Refused,
            "VFIO_DEVICE_FEATURE_LOW_POWER_EXIT",
            Errno.EIO,
            FakeMachine.Address,
            () => device.Features.GetSupport(DeviceFeature.LowPowerExit));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(120)]
    [InlineData(121)]
    [InlineData(DeviceFeatures.MaxDataLength)]
    public void Bytes_go_in_and_come_out_by_number(int length)
    {
        byte[] seen = [];
        _machine.Device.Features.Add((uint)Later, new FakeFeature(GetAndSet, length, (flags, data) =>
        {
            seen = data.ToArray();
            if ((flags & (uint)VFIO_DEVICE_FEATURE_GET) != 0)
            {
                data.Fill(0x5a);
            }
            else
            {
                data.Fill(0x22);
            }

            return 0;
        }));
        using VfioDevice device = _machine.Open();
        byte[] sent = new byte[length];
        sent.AsSpan().Fill(0x11);

        Assert.Equal(0, device.Features.Set(Later, sent));
        Assert.All(seen, static it => Assert.Equal(0x11, it));
        Assert.All(sent, static it => Assert.Equal(0x22, it));
        Assert.Equal(0, device.Features.Get(Later, sent));
        Assert.All(seen, static it => Assert.Equal(0x22, it));
        Assert.All(sent, static it => Assert.Equal(0x5a, it));
    }

    [Fact]
    public void What_cannot_be_a_feature_does_not_get_to_the_kernel()
    {
        using VfioDevice device = _machine.Open();
        int before = _machine.Kernel.Faults.Count(nameof(IVfioKernel.DeviceFeature));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Features.GetSupport((DeviceFeature)0x1_0000));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Features.Get((DeviceFeature)(-1), new byte[8]));
        Assert.Throws<ArgumentException>(() => device.Features.Get(Later, new byte[DeviceFeatures.MaxDataLength + 1]));
        Assert.Throws<ArgumentException>(() => device.Features.Set(Later, new byte[DeviceFeatures.MaxDataLength + 1]));
        Assert.Equal(before, _machine.Kernel.Faults.Count(nameof(IVfioKernel.DeviceFeature)));
    }

    [Fact]
    public void Plain_features_have_the_bytes_that_the_kernel_wants()
    {
        uint master = uint.MaxValue;
        _machine.Device.Token = Guid.Empty;
        _machine.Device.Features.Add((uint)DeviceFeature.BusMaster, new FakeFeature((uint)VFIO_DEVICE_FEATURE_SET, 4, (_, data) =>
        {
            master = BinaryPrimitives.ReadUInt32LittleEndian(data);
            return 0;
        }));
        _machine.Device.Features.Add((uint)DeviceFeature.Migration, new FakeFeature((uint)VFIO_DEVICE_FEATURE_GET, 8, static (_, data) =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data, 0x83);
            return 0;
        }));
        using VfioDevice device = _machine.Open();
        var token = Guid.NewGuid();

        device.Features.SetToken(token);
        Assert.Equal(token, _machine.Device.Token);
        device.Features.SetBusMaster(true);
        Assert.Equal((uint)VFIO_DEVICE_FEATURE_SET_MASTER, master);
        device.Features.SetBusMaster(false);
        Assert.Equal((uint)VFIO_DEVICE_FEATURE_CLEAR_MASTER, master);

        // A way that came later is kept.
        Assert.Equal(DeviceMigration.StopCopy | DeviceMigration.PeerToPeer | (DeviceMigration)0x80, device.Features.GetMigration());
    }

    [Theory]
    [InlineData(Errno.ENOTTY, VfioErrorKind.NotSupported)]
    [InlineData(Errno.EOPNOTSUPP, VfioErrorKind.NotSupported)]
    [InlineData(Errno.EINVAL, VfioErrorKind.NotSupported)]
    [InlineData(Errno.EBUSY, VfioErrorKind.DeviceBusy)]
    [InlineData(Errno.EFAULT, VfioErrorKind.Refused)]
    public void Every_refusal_names_feature_and_errno(int errno, VfioErrorKind kind)
    {
        using VfioDevice device = _machine.Open();
        foreach (DeviceFeature feature in Enum.GetValues<DeviceFeature>())
        {
            _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.DeviceFeature), errno);
            bool isEntry = errno == Errno.EINVAL && feature is DeviceFeature.LowPowerEntry or DeviceFeature.LowPowerEntryWithWakeup;
            VfioException error = Assert.Throws<VfioException>(() => device.Features.Set(feature, new byte[8]));
            Assert.StartsWith("VFIO_DEVICE_FEATURE_", error.Step, StringComparison.Ordinal);
            Assert.Equal(errno, error.Errno);
            Assert.NotEmpty(error.Remedy);
            if (!isEntry || errno != Errno.EINVAL)
            {
                Assert.Equal(kind, error.Kind);
            }
        }
    }

    [Fact]
    public void A_closed_device_has_no_features()
    {
        VfioDevice device = _machine.Open();
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => device.Features.GetSupport(DeviceFeature.Migration));
        Assert.Throws<ObjectDisposedException>(() => device.Features.Set(Later, []));
        Assert.Throws<ObjectDisposedException>(device.Share);
    }

    private void Serve(DeviceFeature feature, uint operations, int size)
        => _machine.Device.Features.Add((uint)feature, new FakeFeature(operations, size, static (_, _) => 0));
}
