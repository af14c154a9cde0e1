using Vfio.Core;

namespace Vfio.Device.Tests.Soak;

/// <summary>What a thread has mapped, in one of three ways: as a value, as an object, or as a buffer.</summary>
internal readonly record struct LiveMemory(StreamingMapping Value, DmaMapping? Object, DmaBuffer? Buffer)
{
    public required Iova Iova { get; init; }

    public required nint Address { get; init; }

    public required long Length { get; init; }

    public required DmaAccess Access { get; init; }

    public bool IsLive => Buffer?.Mapping.IsLive ?? Object?.IsLive ?? Value.IsLive;

    /// <summary>Whether edu reaches all of it.</summary>
    public bool IsNear => Iova.Value + (ulong)Length <= 1UL << Lab.Edu.AddressBits;

    public static LiveMemory Of(StreamingMapping mapping, DmaAccess access) => new(mapping, null, null)
    {
        Iova = mapping.Iova,
        Address = mapping.Address,
        Length = mapping.Length,
        Access = access,
    };

    public static LiveMemory Of(DmaMapping mapping) => new(default, mapping, null)
    {
        Iova = mapping.Iova,
        Address = mapping.Address,
        Length = mapping.Length,
        Access = mapping.Access,
    };

    public static LiveMemory Of(DmaBuffer buffer) => new(default, null, buffer)
    {
        Iova = buffer.Iova,
        Address = buffer.Address,
        Length = buffer.Length,
        Access = buffer.Access,
    };

    public bool Has(nint address) => address >= Address && address < Address + (nint)Length;

    public void Unmap()
    {
        if (Buffer is not null)
        {
            Buffer.Dispose();
        }
        else if (Object is not null)
        {
            Object.Unmap();
        }
        else
        {
            Value.Unmap();
        }
    }

    public void Dispose()
    {
        Buffer?.Dispose();
        Object?.Dispose();
        Value.Dispose();
    }
}
