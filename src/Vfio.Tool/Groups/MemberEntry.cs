using System.Globalization;
using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Groups;

/// <summary>A member of a group in the output of <c>vfio groups --json</c>; the first four are those of <c>vfio inspect</c>.</summary>
internal sealed record MemberEntry(
    PciAddress Device,
    string? Driver,
    MemberRole Role,
    bool Blocks,
    string Class,
    string? ClassName,
    string Ids,
    string? VendorName,
    string? DeviceName)
{
    public static MemberEntry From(GroupMember member, PciHost host, PciNames names)
    {
        PciFunction function = host.Get(member.Device);
        return new MemberEntry(
            member.Device,
            member.Driver,
            member.Role,
            member.Blocks,
            function.ClassCode.ToString("x6", CultureInfo.InvariantCulture),
            names.OfClass(function.ClassCode),
            function.Ids,
            names.OfVendor(function.VendorId),
            names.OfDevice(function.VendorId, function.DeviceId));
    }
}
