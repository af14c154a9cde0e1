using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>
/// A device of the kernel's own making, behind an IOMMU that is a page table in memory (<c>CONFIG_IOMMUFD_TEST</c>): it does no DMA, but
/// tells what it would reach, and raises page faults.
/// </summary>
internal sealed unsafe class MockDevice : IDisposable
{
    public const ulong FirstAddress = 1 << 24;
    public const ulong LastAddress = (1u << 31) - 1;
    public const int PasidBits = 20;
    public const uint InfoType = 0xfeed_beef;
    public const uint InfoRegister = 0xdead_beef;

    // _IO(IOMMUFD_TYPE, IOMMUFD_CMD_BASE + 32)
    private const nuint TestRequest = 0x3ba0;

    private readonly IommufdObject _device;
    private IommufdObject? _attached;

    /// <summary>Makes a device in an address space. The test is skipped where the kernel has none.</summary>
    public MockDevice(AddressSpace space, uint flags = 0)
    {
        Mode.RequireIommufd();
        Space = space;
        _attached = Ioas(space);
        var command = new MockCommand { Op = MockCommand.OpDevice, DeviceFlags = flags };
        int result = Run(Iommufd, _attached, ref command);
        Assert.SkipWhen(result is Errno.ENOTTY or Errno.EOPNOTSUPP, "needs a kernel with CONFIG_IOMMUFD_TEST");
        Assert.Equal(0, result);
        Keep(_attached);
        Id = command.OutIommufdDevice;
        OwnTable = command.OutTable;
        _device = new IommufdObject(Iommufd, command.OutDevice);
        space.TableLeft();
    }

    public AddressSpace Space { get; }

    public IommufdHandle Iommufd => Ioas(Space).Iommufd;

    /// <summary>Its number in the iommufd, as a device that was bound would have.</summary>
    public uint Id { get; }

    /// <summary>The number of the page table that the kernel made for it when it came into the address space.</summary>
    public uint OwnTable { get; }

    public static uint TableId(HardwarePageTable table)
    {
        using IommufdObjectLease lease = table.Require().Lease();
        return lease.Id;
    }

    public HardwarePageTable AllocateTable(HardwarePageTableOptions? options = null)
        => HardwarePageTable.Allocate(Space, Id, "the mock device", options ?? new HardwarePageTableOptions());

    public void MoveTo(HardwarePageTable table) => MoveTo(table.Require());

    public void MoveTo(AddressSpace space) => MoveTo(Ioas(space));

    /// <summary>Lets a process address space id go through a page table, which must not be disposed before <see cref="DetachPasid"/>.</summary>
    /// <returns>Zero, or the errno.</returns>
    public int AttachPasid(uint pasid, IommufdObject target)
    {
        using IommufdObjectLease table = target.Lease();
        var command = new MockCommand { Op = MockCommand.OpPasidAttach, Pasid = pasid, PasidTable = table.Id };
        return Run(Iommufd, _device, ref command);
    }

    public void DetachPasid(uint pasid)
    {
        var command = new MockCommand { Op = MockCommand.OpPasidDetach, Pasid = pasid };
        Assert.Equal(0, Run(Iommufd, _device, ref command));
    }

    /// <summary>Whether a page table leads to the pages behind an address of this process.</summary>
    public bool Reaches(uint table, Iova iova, nint address, long length)
    {
        var command = new MockCommand
        {
            Op = MockCommand.OpMapCheck,
            Id = table,
            MapIova = iova,
            MapLength = (ulong)length,
            MapAddress = (ulong)address,
        };
        int result = Run(Iommufd, null, ref command);
        Assert.True(result is 0 or Errno.EINVAL, $"errno {result}");
        return result == 0;
    }

    /// <summary>How often memory is pinned, if it is so many times.</summary>
    public bool IsPinned(nint address, long length, uint times)
    {
        var command = new MockCommand
        {
            Op = MockCommand.OpReferenceCheck,
            ReferenceAddress = (ulong)address,
            ReferenceLength = (ulong)length,
            References = times,
        };
        int result = Run(Iommufd, null, ref command);
        Assert.True(result is 0 or Errno.EIO, $"errno {result}");
        return result == 0;
    }

    /// <summary>Marks pages as written through a page table.</summary>
    /// <returns>Whether the page table tracks.</returns>
    public bool Write(HardwarePageTable table, Iova first, long length, long pageSize, ReadOnlySpan<ulong> bitmap)
    {
        fixed (ulong* words = bitmap)
        {
            var command = new MockCommand
            {
                Op = MockCommand.OpDirty,
                Id = TableId(table),
                DirtyIova = first,
                DirtyLength = (ulong)length,
                DirtyPageSize = (ulong)pageSize,
                DirtyBitmap = (ulong)words,
            };
            int result = Run(Iommufd, null, ref command);
            Assert.True(result is 0 or Errno.EINVAL, $"errno {result}");
            return result == 0;
        }
    }

    /// <summary>Asks for a page, as a group of one.</summary>
    public void Fault(Iova address, PageFaultAccess access, uint group, uint pasid = 0)
    {
        var command = new MockCommand
        {
            Op = MockCommand.OpFault,
            FaultDevice = Id,
            FaultPasid = pasid,
            FaultGroup = group,
            FaultAccess = (uint)access,
            FaultAddress = address,
        };
        Assert.Equal(0, Run(Iommufd, null, ref command));
    }

    public void Dispose()
    {
        _device.Dispose();
        _attached?.DangerousRelease();
        _attached = null;
    }

    private static IommufdObject Ioas(AddressSpace space) => ((IoasBackend)space.Iommu).Ioas;

    private static void Keep(IommufdObject target)
    {
        bool added = false;
        target.DangerousAddRef(ref added);
    }

    private static int Run(IommufdHandle iommufd, IommufdObject? on, ref MockCommand command)
    {
        using DescriptorLease context = iommufd.Lease();
        using IommufdObjectLease target = on is null ? default : on.Lease();
        command.Size = (uint)sizeof(MockCommand);
        command.Id = on is null ? command.Id : target.Id;
        fixed (MockCommand* argument = &command)
        {
            return Libc.ioctl(context.Fd, TestRequest, argument) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    private void MoveTo(IommufdObject target)
    {
        using IommufdObjectLease table = target.Lease();
        var command = new MockCommand { Op = MockCommand.OpReplace, ReplaceBy = table.Id };
        Assert.Equal(0, Run(Iommufd, _device, ref command));
        Keep(target);
        _attached!.DangerousRelease();
        _attached = target;
    }
}
