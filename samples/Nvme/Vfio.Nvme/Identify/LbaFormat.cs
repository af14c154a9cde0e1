namespace Vfio.Nvme;

/// <summary>How long a namespace's logical blocks may be (NVM Express 1.4, figure 246).</summary>
/// <param name="Index">The number of the format, for <see cref="NvmeController.Format"/>.</param>
/// <param name="BlockSize">The data of a block in bytes; zero where the format is not available.</param>
/// <param name="MetadataSize">The metadata of a block in bytes (MS).</param>
public readonly record struct LbaFormat(int Index, int BlockSize, int MetadataSize);
