using System.Runtime.InteropServices;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>
/// <c>struct iommu_test_cmd</c> of the kernel's <c>drivers/iommu/iommufd/iommufd_test.h</c>, as far as the tests use it. What follows the
/// first four fields is a union.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct MockCommand
{
    public const uint OpMapCheck = 3;
    public const uint OpReferenceCheck = 4;
    public const uint OpReplace = 10;
    public const uint OpDevice = 12;
    public const uint OpDirty = 13;
    public const uint OpFault = 15;
    public const uint OpPasidAttach = 18;
    public const uint OpPasidDetach = 20;

    public const uint DeviceCannotTrack = 1;
    public const uint DeviceHasPasids = 4;

    [FieldOffset(0)]
    public uint Size;

    [FieldOffset(4)]
    public uint Op;

    [FieldOffset(8)]
    public uint Id;

    // mock_domain_flags
    [FieldOffset(16)]
    public uint OutDevice;

    [FieldOffset(20)]
    public uint OutTable;

    [FieldOffset(24)]
    public uint OutIommufdDevice;

    [FieldOffset(28)]
    public uint DeviceFlags;

    // mock_domain_replace
    [FieldOffset(16)]
    public uint ReplaceBy;

    // check_map
    [FieldOffset(16)]
    public ulong MapIova;

    [FieldOffset(24)]
    public ulong MapLength;

    [FieldOffset(32)]
    public ulong MapAddress;

    // check_refs
    [FieldOffset(16)]
    public ulong ReferenceLength;

    [FieldOffset(24)]
    public ulong ReferenceAddress;

    [FieldOffset(32)]
    public uint References;

    // dirty
    [FieldOffset(16)]
    public uint DirtyFlags;

    [FieldOffset(24)]
    public ulong DirtyIova;

    [FieldOffset(32)]
    public ulong DirtyLength;

    [FieldOffset(40)]
    public ulong DirtyPageSize;

    [FieldOffset(48)]
    public ulong DirtyBitmap;

    [FieldOffset(56)]
    public ulong OutDirty;

    // pasid_attach, pasid_detach
    [FieldOffset(16)]
    public uint Pasid;

    [FieldOffset(20)]
    public uint PasidTable;

    // trigger_iopf
    [FieldOffset(16)]
    public uint FaultDevice;

    [FieldOffset(20)]
    public uint FaultPasid;

    [FieldOffset(24)]
    public uint FaultGroup;

    [FieldOffset(28)]
    public uint FaultAccess;

    [FieldOffset(32)]
    public ulong FaultAddress;
}
