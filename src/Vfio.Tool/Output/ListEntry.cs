using System.Globalization;
using Vfio.Core;

namespace Vfio.Tool.Output;

/// <summary>One function in the output of <c>vfio list --json</c>.</summary>
internal sealed record ListEntry(
    string Device,
    int? Group,
    string? Driver,
    string Class,
    string? ClassName,
    string Vendor,
    string DeviceId,
    string? VendorName,
    string? DeviceName)
{
    public static ListEntry From(PciFunction function, PciNames names) => new(
        function.Address.ToString(),
        function.IommuGroup,
        function.Driver,
        function.ClassCode.ToString("x6", CultureInfo.InvariantCulture),
        names.OfClass(function.ClassCode),
        function.VendorId.ToString("x4", CultureInfo.InvariantCulture),
        function.DeviceId.ToString("x4", CultureInfo.InvariantCulture),
        names.OfVendor(function.VendorId),
        names.OfDevice(function.VendorId, function.DeviceId));
}
