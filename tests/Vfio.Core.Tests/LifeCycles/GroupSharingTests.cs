namespace Vfio.Core.Tests;

/// <summary>The kernel lets a process open a group once: its devices share descriptor and address space.</summary>
public sealed class GroupSharingTests : IDisposable
{
    private const string Sibling = "0000:00:03.1";
    private const string Stranger = "0000:00:04.0";

    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public GroupSharingTests()
    {
        _machine.Add(Sibling, 7);
        _machine.Add(Stranger, 8);
    }

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Devices_of_a_group_share_its_descriptor_and_address_space()
    {
        using VfioDevice first = _machine.Open();
        using VfioDevice second = _machine.Open(Sibling);
        Assert.Same(first.Dma, second.Dma);
        Assert.Equal(["container", "group", "device", "device"], _machine.Kernel.OpenKinds);
    }

    [Fact]
    public void Devices_of_two_groups_have_address_spaces_of_their_own()
    {
        using VfioDevice first = _machine.Open();
        using VfioDevice second = _machine.Open(Stranger);
        Assert.NotSame(first.Dma, second.Dma);
        Assert.Equal(2, _machine.Kernel.Containers.Count);
    }

    [Fact]
    public void Devices_of_two_groups_can_share_an_address_space()
    {
        using AddressSpace space = _machine.CreateSpace();
        using VfioDevice first = _machine.Open(space: space);
        using VfioDevice second = _machine.Open(Stranger, space);
        Assert.Equal(2, Assert.Single(_machine.Kernel.Containers).Groups.Count);
    }

    [Fact]
    public void Another_address_space_than_that_of_the_open_group_is_refused()
    {
        using VfioDevice first = _machine.Open();
        using AddressSpace space = _machine.CreateSpace();
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.GroupBusy,
            "open",
            0,
            "IOMMU group 7",
            () => _machine.Open(Sibling, space));
        Assert.Contains("another address space", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_device_is_open_once()
    {
        VfioDevice first = _machine.Open();
        VfioException error = ErrorAssert.Refused(VfioErrorKind.GroupBusy, "open", 0, FakeMachine.Address, () => _machine.Open());
        Assert.Contains("this process", error.Message, StringComparison.Ordinal);
        first.Dispose();
        _machine.Open().Dispose();
    }

    [Fact]
    public void The_group_stays_open_for_its_last_device()
    {
        VfioDevice first = _machine.Open();
        using VfioDevice second = _machine.Open(Sibling);
        first.Dispose();
        Assert.Equal(["container", "group", "device"], _machine.Kernel.OpenKinds);
        using DmaBuffer buffer = second.Dma.Allocate(4096);
    }

    [Fact]
    public void A_second_group_leaves_the_IOMMU_to_the_others_when_it_goes()
    {
        using AddressSpace space = _machine.CreateSpace();
        using VfioDevice first = _machine.Open(space: space);
        using DmaBuffer buffer = space.Allocate(4096);
        _machine.Open(Stranger, space).Dispose();
        Assert.Single(Assert.Single(_machine.Kernel.Containers).Mappings);
        using DmaBuffer other = space.Allocate(4096);
    }

    [Fact]
    public void Opening_waits_for_the_close_of_the_same_group()
    {
        VfioDevice first = _machine.Open();
        using var closing = new ManualResetEventSlim();
        using var opening = new ManualResetEventSlim();
        _machine.Kernel.Closed = target =>
        {
            if (target is FakeGroup)
            {
                // The group is closed in the kernel and not yet in the books.
                closing.Set();
                opening.Wait();
            }
        };
        var closer = new Thread(first.Dispose);
        closer.Start();
        closing.Wait();
        _machine.Kernel.Closed = null;
        VfioDevice? second = null;
        var opener = new Thread(() => second = _machine.Open());
        opener.Start();
        opening.Set();
        closer.Join();
        opener.Join();
        second!.Dispose();
    }
}
