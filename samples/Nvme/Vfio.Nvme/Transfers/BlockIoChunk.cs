namespace Vfio.Nvme;

/// <summary>What one command of a <see cref="BlockIo"/> moves.</summary>
/// <param name="Offset">Where it begins in the caller's memory.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Bounce">Which memory for copies it uses; -1 for none.</param>
internal readonly record struct BlockIoChunk(int Offset, int Length, int Bounce)
{
    /// <summary>What a command moves that moves nothing.</summary>
    public static BlockIoChunk None => new(0, 0, -1);
}
