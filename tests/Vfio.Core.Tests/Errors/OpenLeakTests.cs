using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Whatever call of an open fails, nothing stays behind, and the next open works.</summary>
public sealed class OpenLeakTests
{
    private static readonly int[] _errnos =
    [
        Errno.EPERM, Errno.ENOENT, Errno.EIO, Errno.ENXIO, Errno.ENOMEM, Errno.EACCES, Errno.EBUSY, Errno.ENODEV,
        Errno.EINVAL, Errno.EMFILE, Errno.ENOTTY, Errno.EFAULT,
    ];

    public static MatrixTheoryData<FakeInterfaces, int> Opens { get; } = new(Interfaces.All, _errnos);

    public static MatrixTheoryData<FakeInterfaces, int> SharedOpens { get; } = new(Interfaces.Mapping, _errnos);

    [Theory]
    [MemberData(nameof(Opens))]
    public void No_failing_call_of_an_open_leaves_anything_behind(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        int failures = EveryCall.IsHarmless(machine, errno, () => machine.Open());
        Assert.True(failures >= 8, $"Only {failures} steps could fail.");
        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Opens))]
    public void No_failing_call_of_an_open_changes_the_address_space_that_was_named(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace space = machine.CreateSpace())
        {
            int failures = EveryCall.IsHarmless(machine, errno, () => machine.Open(space: space));
            Assert.True(failures >= 5, $"Only {failures} steps could fail.");
            using VfioDevice device = machine.Open(space: space);
            Assert.Same(space, device.Dma);
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(SharedOpens))]
    public void No_failing_call_of_a_second_open_disturbs_the_first(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add("0000:00:04.0", 8);
        using (VfioDevice first = machine.Open())
        using (DmaBuffer buffer = first.Dma.Allocate(4096))
        {
            EveryCall.IsHarmless(machine, errno, () => machine.Open("0000:00:04.0", first.Dma));
            Assert.Equal(1, first.Dma.MappingCount);
            using DmaBuffer other = first.Dma.Allocate(4096);
            Assert.NotEqual(buffer.Iova, other.Iova);
            first.Regions.Bar(0).Write32(0, 1);
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(SharedOpens))]
    public void No_failing_call_of_a_second_open_in_a_group_disturbs_the_first(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add("0000:00:03.1", 7);
        using (VfioDevice first = machine.Open())
        using (DmaBuffer buffer = first.Dma.Allocate(4096))
        {
            EveryCall.IsHarmless(machine, errno, () => machine.Open("0000:00:03.1"));
            Assert.True(buffer.Mapping.IsLive);
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Opens))]
    public void No_failing_call_of_making_an_address_space_leaves_anything_behind(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        EveryCall.IsHarmless(machine, errno, () => machine.CreateSpace());
        if (machine.Interfaces.HasFlag(FakeInterfaces.CdevsOnly))
        {
            var options = new AddressSpaceOptions
            {
                Backend = VfioBackend.Iommufd,
                LargePages = false,
                Accounting = MemoryAccounting.User,
                AllowUnsafeNoIommu = machine.Kernel.NoIommu,
            };
            EveryCall.IsHarmless(machine, errno, () => machine.CreateSpace(options));
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData("c9abdcb5-5279-413a-9057-c81d2605ce9c")]
    public void No_failing_call_of_opening_a_mediated_device_leaves_anything_behind(string uuid)
    {
        foreach (FakeInterfaces interfaces in Interfaces.Isolated)
        {
            using var machine = new FakeMachine(interfaces);
            machine.AddMediated(uuid, 9);
            EveryCall.IsHarmless(machine, Errno.ENOMEM, () => VfioDevice.Open(machine.Host, Guid.Parse(uuid), options: null));
            machine.AssertClean();
        }
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
            VfioDevice? device = EveryCall.Try(() => machine.Open(space: space));
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
}
