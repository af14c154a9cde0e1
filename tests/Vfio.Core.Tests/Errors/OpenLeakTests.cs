using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Whatever call of an open fails, nothing stays behind, and the next open works.</summary>
public sealed class OpenLeakTests
{
    public static TheoryData<int> Errnos { get; } = new(
        Errno.EPERM, Errno.ENOENT, Errno.EIO, Errno.ENXIO, Errno.ENOMEM, Errno.EACCES, Errno.EBUSY, Errno.ENODEV,
        Errno.EINVAL, Errno.EMFILE, Errno.ENOTTY, Errno.EFAULT);

    [Theory]
    [MemberData(nameof(Errnos))]
    public void No_failing_call_of_an_open_leaves_a_descriptor_behind(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        AssertEveryStep(machine, errno, () => machine.Open());
    }

    [Theory]
    [MemberData(nameof(Errnos))]
    public void No_failing_call_of_a_second_open_disturbs_the_first(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        machine.Add("0000:00:04.0", 8);
        using (VfioDevice first = machine.Open())
        using (DmaBuffer buffer = first.Dma.Allocate(4096))
        {
            string[] before = [.. machine.Kernel.OpenKinds];
            for (int step = 0; ; step++)
            {
                machine.Kernel.Faults.FailCall(step, errno);
                VfioDevice? second = TryOpen(() => machine.Open("0000:00:04.0", first.Dma));
                second?.Dispose();
                machine.Kernel.Faults.Clear();
                Assert.Equal(before, machine.Kernel.OpenKinds);
                using DmaBuffer other = first.Dma.Allocate(4096);
                Assert.NotEqual(buffer.Iova, other.Iova);
                if (machine.Kernel.Faults.Failed is null)
                {
                    break;
                }
            }
        }

        machine.AssertClean();
    }

    [Fact]
    public void No_failing_call_of_an_open_that_maps_again_leaves_anything_behind()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        AddressSpace space = machine.CreateSpace();
        DmaBuffer buffer;
        using (machine.Open(space: space))
        {
            buffer = space.Allocate(8192);
        }

        for (int step = 0; ; step++)
        {
            machine.Kernel.Faults.FailCall(step, Errno.ENOMEM);
            VfioDevice? device = TryOpen(() => machine.Open(space: space));
            string? failed = machine.Kernel.Faults.Failed;
            machine.Kernel.Faults.Clear();
            if (device is not null)
            {
                Assert.Equal(1, space.MappingCount);
                Assert.Single(Assert.Single(machine.Kernel.Containers).Mappings);
                device.Dispose();
            }

            if (failed is null)
            {
                break;
            }

            Assert.Equal(["container"], machine.Kernel.OpenKinds);
        }

        buffer.Dispose();
        space.Dispose();
        machine.AssertClean();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Descriptor_numbers_from_any_start_are_used_and_closed(int firstFd)
    {
        using FakeMachine machine = FakeMachine.WithDevice(firstFd);
        using (VfioDevice device = machine.Open())
        {
            Assert.Equal(["container", "group", "device"], machine.Kernel.OpenKinds);
            using DmaBuffer buffer = device.Dma.Allocate(4096);
            Assert.Equal(0u, device.Regions.Bar(0).Read32(0));
        }

        machine.AssertClean();
    }

    private static void AssertEveryStep(FakeMachine machine, int errno, Func<VfioDevice> open)
    {
        int failures = 0;
        for (int step = 0; ; step++)
        {
            machine.Kernel.Faults.FailCall(step, errno);
            VfioDevice? device = TryOpen(open);
            machine.Kernel.Faults.Clear();
            device?.Dispose();
            machine.AssertClean();
            if (machine.Kernel.Faults.Failed is null)
            {
                break;
            }

            failures += device is null ? 1 : 0;
            open().Dispose();
            machine.AssertClean();
        }

        Assert.True(failures >= 8, $"Only {failures} steps could fail.");
    }

    private static VfioDevice? TryOpen(Func<VfioDevice> open)
    {
        try
        {
            return open();
        }
        catch (VfioException error)
        {
            Assert.NotEmpty(error.Remedy);
            return null;
        }
    }
}
