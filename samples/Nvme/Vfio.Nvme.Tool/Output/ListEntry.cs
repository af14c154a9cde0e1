using Vfio.Core;

namespace Vfio.Nvme.Tool.Output;

/// <summary>A controller in <c>nvme-vfio list --json</c>.</summary>
internal sealed record ListEntry(string Device, string Ids, string? Driver, int? Group, bool Ready)
{
    private const uint NvmeClass = 0x010802;

    /// <summary>The NVMe controllers of the host.</summary>
    public static ListEntry[] All() =>
    [
        .. PciFunction.ReadAll()
            .Where(static function => function.ClassCode == NvmeClass)
            .Select(static function => new ListEntry(
                function.Address.ToString(),
                function.Ids,
                function.Driver,
                function.IommuGroup,
                function.IsOnVfio)),
    ];
}
