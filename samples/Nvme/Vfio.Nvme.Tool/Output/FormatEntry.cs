namespace Vfio.Nvme.Tool.Output;

/// <summary>A format of a namespace in <c>nvme-vfio identify --json</c>.</summary>
internal sealed record FormatEntry(int Index, int BlockSize, int MetadataSize, bool InUse);
