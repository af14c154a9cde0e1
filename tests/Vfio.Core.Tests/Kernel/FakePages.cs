namespace Vfio.Core.Tests;

/// <summary>Memory that was given to a fake iommufd, shared by the mappings that were copied from one another.</summary>
/// <param name="id">A number that its made-up physical addresses come from.</param>
/// <param name="source">The virtual address or the offset in the file, down to a page.</param>
/// <param name="size">How many bytes there are from the start of the first page on.</param>
/// <param name="writable">Whether devices may write.</param>
/// <param name="file">The file that the memory is of, or null for memory of the process.</param>
internal sealed class FakePages(uint id, ulong source, ulong size, bool writable, FakeOpenFile? file)
{
    /// <summary>How many pages have physical addresses in sequence.</summary>
    public const ulong PhysicalRun = 4;

    private const ulong FirstFrame = 0x10_0000;

    public ulong Source { get; } = source;

    public ulong Size { get; } = size;

    public bool Writable { get; } = writable;

    public FakeOpenFile? File { get; } = file;

    public bool IsFile => File is { Kind: not "dmabuf" };

    /// <summary>Whether the memory is locked, and counts for the limit.</summary>
    public bool IsLocked => File is not { Kind: "dmabuf" };

    /// <summary>A made-up physical address: runs of pages, and a page between that belongs to nobody.</summary>
    public ulong Physical(ulong offset)
    {
        ulong page = offset >> 12;
        ulong frame = FirstFrame + ((ulong)id << 20) + (page / PhysicalRun * (PhysicalRun + 1)) + (page % PhysicalRun);
        return (frame << 12) | (offset & 0xfff);
    }
}
