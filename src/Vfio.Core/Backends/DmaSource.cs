using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>What is behind a mapping: memory of this process, or a file of memory, or both views of one.</summary>
/// <param name="Address">The first byte in this process, or zero where the process does not see it.</param>
/// <param name="Pages">Whoever keeps the address valid, or null where that is the caller's business.</param>
/// <param name="File">The file, or null.</param>
/// <param name="FileOffset">Where in the file it begins, in bytes.</param>
internal readonly record struct DmaSource(nint Address, SafeHandle? Pages = null, SafeHandle? File = null, long FileOffset = 0)
{
    /// <summary>What is behind the rest of the mapping, from an offset in bytes on.</summary>
    public DmaSource Part(long offset) => this with { Address = Address == 0 ? 0 : Address + (nint)offset, FileOffset = FileOffset + offset };

    /// <summary>Keeps memory and file until <see cref="Release"/>.</summary>
    public void Keep()
    {
        bool added = false;
        Pages?.DangerousAddRef(ref added);
        File?.DangerousAddRef(ref added);
    }

    public void Release()
    {
        File?.DangerousRelease();
        Pages?.DangerousRelease();
    }
}
