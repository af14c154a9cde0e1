namespace Vfio.Nvme.Tool.Output;

/// <summary>A namespace in <c>nvme-vfio identify --json</c>.</summary>
internal sealed record NamespaceEntry(uint Id, ulong Blocks, int BlockSize, ulong Bytes, bool Usable, FormatEntry[] Formats)
{
    public static NamespaceEntry From(NvmeNamespace space) => new(
        space.Id,
        space.BlockCount,
        space.BlockSize,
        space.BlockCount * (ulong)space.BlockSize,
        space.IsUsable,
        [.. space.Identity.Formats.Where(static format => format.BlockSize != 0).Select(format => new FormatEntry(
            format.Index, format.BlockSize, format.MetadataSize, format == space.Identity.Format))]);
}
