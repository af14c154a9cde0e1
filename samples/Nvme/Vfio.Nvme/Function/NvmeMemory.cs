using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>Memory that the process and a controller share. Disposing gives it back; the controller must have done with it.</summary>
public abstract class NvmeMemory : IDisposable
{
    /// <summary>Describes memory.</summary>
    /// <param name="address">The first byte's address in the process.</param>
    /// <param name="iova">The first byte's address for the controller.</param>
    /// <param name="length">The length in bytes.</param>
    protected NvmeMemory(nint address, Iova iova, long length)
    {
        Address = address;
        Iova = iova;
        Length = length;
    }

    /// <summary>The first byte's address in the process.</summary>
    public nint Address { get; }

    /// <summary>The first byte's address for the controller.</summary>
    public Iova Iova { get; }

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <summary>Part of the memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in the memory.</exception>
    public unsafe Span<byte> AsSpan(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<byte>((byte*)Address + offset, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
