using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>Process address space ids, on a mock device that has them.</summary>
public sealed class PasidTests
{
    private const uint Pasid = 100;

    [Fact]
    public void Ids_take_only_page_tables_that_were_made_for_them()
    {
        Mode.RequireIommufd();
        using AddressSpace space = AddressSpace.Create();
        using var mock = new MockDevice(space, MockCommand.DeviceHasPasids);
        using HardwarePageTable plain = mock.AllocateTable();
        using HardwarePageTable made = mock.AllocateTable(new HardwarePageTableOptions { AllowPasid = true });

        // The device itself must be attached to one too, and what the kernel makes for an address space is none.
        Assert.Equal(Errno.EINVAL, mock.AttachPasid(Pasid, made.Require()));
        mock.MoveTo(made);
        Assert.Equal(Errno.EINVAL, mock.AttachPasid(Pasid, plain.Require()));
        Assert.Equal(Errno.EINVAL, mock.AttachPasid(Pasid, ((IoasBackend)space.Iommu).Ioas));

        Assert.Equal(0, mock.AttachPasid(Pasid, made.Require()));
        mock.DetachPasid(Pasid);
    }

    [Fact]
    public void A_fault_tells_the_id_that_it_came_with()
    {
        Mode.RequireIommufd();
        using AddressSpace space = AddressSpace.Create();
        using var mock = new MockDevice(space, MockCommand.DeviceHasPasids);
        using FaultQueue queue = space.AllocateFaultQueue();
        using HardwarePageTable table = mock.AllocateTable(new HardwarePageTableOptions { AllowPasid = true, FaultQueue = queue });
        mock.MoveTo(table);
        Assert.Equal(0, mock.AttachPasid(Pasid, table.Require()));
        try
        {
            mock.Fault(new Iova(0x1000_0000), PageFaultAccess.Read, group: 1, Pasid);

            var faults = new PageFault[1];
            Assert.Equal(1, queue.Read(faults, TimeSpan.FromSeconds(30)));
            Assert.Equal(Pasid, faults[0].Pasid);
            queue.Respond(faults[0], PageResponse.Success);
        }
        finally
        {
            mock.DetachPasid(Pasid);
        }
    }
}
