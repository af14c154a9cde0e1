using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Whatever call of mapping or moving fails, books and kernel are as before.</summary>
public sealed class MappingLeakTests
{
    private const string Second = "0000:00:04.0";

    private static readonly int[] _errnos = [Errno.EIO, Errno.ENOMEM, Errno.EACCES, Errno.EBUSY, Errno.EINVAL, Errno.ENOTTY, Errno.ENOSPC];

    public static MatrixTheoryData<FakeInterfaces, int> Maps { get; } = new(Interfaces.Mapping, _errnos);

    public static MatrixTheoryData<FakeInterfaces, int> Moves { get; } = new(
        [FakeInterfaces.CdevsOnly, FakeInterfaces.Both, Interfaces.NoIommuCdev], _errnos);

    [Theory]
    [MemberData(nameof(Maps))]
    public void Allocating(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            foreach (DmaPageSize pages in (DmaPageSize[])[DmaPageSize.Base, DmaPageSize.Transparent])
            {
                foreach (bool isFile in (bool[])[false, true])
                {
                    var options = new DmaBufferOptions { IsFile = isFile, PageSize = pages };
                    AssertHarmless(machine, device.Dma, errno, () => device.Dma.Allocate(8192, options));
                }
            }
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void Mapping_a_file(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        using (DmaBuffer memory = device.Dma.Allocate(16384, new DmaBufferOptions { IsFile = true }))
        {
            AssertHarmless(machine, device.Dma, errno, () => device.Dma.MapFile(memory.File!, 4096, 8192));
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void Copying_a_mapping(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add(Second, 8);
        using (VfioDevice device = machine.Open())
        using (VfioDevice other = machine.Open(Second))
        using (DmaBuffer buffer = device.Dma.Allocate(8192))
        {
            AssertHarmless(machine, other.Dma, errno, () => buffer.Mapping.CopyTo(other.Dma));
            Assert.True(buffer.Mapping.IsLive);
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void Mapping_a_region(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add(Second, 8);
        machine.Device.Features.Add(
            (uint)VFIO_DEVICE_FEATURE_DMA_BUF,
            new FakeFeature((uint)VFIO_DEVICE_FEATURE_GET, 16, (_, _) => machine.Kernel.Export("dmabuf", FakeMachine.BarSize)));
        using (VfioDevice device = machine.Open())
        using (VfioDevice other = machine.Open(Second))
        {
            DeviceRegion region = device.Regions.Bar(0);
            if (other.Backend is VfioBackend.CompatType1V2)
            {
                string before = KernelState.Of(machine);
                Assert.Equal(
                    VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => other.Dma.MapRegion(region, 0, 4096)).Kind);
                Assert.Equal(before, KernelState.Of(machine));
            }
            else
            {
                AssertHarmless(machine, other.Dma, errno, () => other.Dma.MapRegion(region, 4096, 4096));
            }
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Moving_a_device(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace home = machine.CreateSpace())
        using (AddressSpace target = machine.CreateSpace())
        using (VfioDevice device = machine.Open(space: home))
        {
            string start = KernelState.Of(machine);
            for (int call = 0; ; call++)
            {
                machine.Kernel.Faults.FailCall(call, errno);
                Exception? refused = Record.Exception(() => device.Attach(target));
                string? failed = machine.Kernel.Faults.Failed;
                machine.Kernel.Faults.Clear();
                Assert.Equal(refused is null ? target : home, device.Dma);
                if (refused is not null)
                {
                    Assert.IsType<VfioException>(refused);
                    Assert.Equal(start, KernelState.Of(machine));
                }

                using (DmaBuffer buffer = device.Dma.Allocate(4096))
                {
                    Assert.Single(machine.Kernel.Mappings);
                }

                device.Attach(home);
                Assert.Equal(start, KernelState.Of(machine));
                if (failed is null)
                {
                    Assert.Null(refused);
                    break;
                }
            }
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Detaching_a_device(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace home = machine.CreateSpace())
        using (VfioDevice device = machine.Open(space: home))
        {
            string start = KernelState.Of(machine);
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.DetachIommufd), errno);
            VfioException error = Assert.Throws<VfioException>(device.Detach);
            Assert.Equal(errno, error.Errno);
            Assert.Same(home, device.Dma);
            Assert.Equal(start, KernelState.Of(machine));
            device.Detach();
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.AttachIommufd), errno);
            Assert.Equal(errno, Assert.Throws<VfioException>(() => device.Attach(home)).Errno);
            Assert.False(device.IsAttached);
            device.Attach(home);
            Assert.Equal(start, KernelState.Of(machine));
        }

        machine.AssertClean();
    }

    private static void AssertHarmless(FakeMachine machine, AddressSpace space, int errno, Func<IDisposable> step)
    {
        int before = space.MappingCount;
        _ = EveryCall.IsHarmless(machine, errno, () =>
        {
            Assert.Equal(before, space.MappingCount);
            return step();
        });
        Assert.Equal(before, space.MappingCount);
    }
}
