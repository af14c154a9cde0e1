namespace Vfio.Core.Tests;

/// <summary>A device feature that a test serves.</summary>
/// <param name="operations">VFIO_DEVICE_FEATURE_GET, VFIO_DEVICE_FEATURE_SET, or both.</param>
/// <param name="size">How many bytes of data it takes at least.</param>
/// <param name="handle">The answer, with the data in place; a positive one is a descriptor, as of a DMA-BUF.</param>
internal sealed class FakeFeature(uint operations, int size, FakeFeature.Handler handle)
{
    /// <summary>Serves one call.</summary>
    public delegate int Handler(uint flags, Span<byte> data);

    public uint Operations { get; } = operations;

    public int Size { get; } = size;

    public Handler Handle { get; } = handle;
}
