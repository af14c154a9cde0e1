using System.Globalization;

namespace Vfio.Core;

/// <summary>An I/O virtual address: what the device puts on the bus, and the IOMMU translates.</summary>
/// <param name="Value">The address in bytes.</param>
/// <remarks>It is a type of its own so that it is never mistaken for a pointer of the process.</remarks>
public readonly record struct Iova(ulong Value) : IComparable<Iova>
{
    /// <summary>The value, for a register or a descriptor.</summary>
    public static implicit operator ulong(Iova iova) => iova.Value;

    /// <summary>An IOVA from a number.</summary>
    public static explicit operator Iova(ulong value) => new(value);

    /// <summary>The address <paramref name="bytes"/> further on.</summary>
    /// <exception cref="OverflowException">The sum leaves 64 bits.</exception>
    public static Iova operator +(Iova iova, long bytes)
        => new(checked(bytes >= 0 ? iova.Value + (ulong)bytes : iova.Value - ((ulong)-(bytes + 1) + 1)));

    /// <summary>Whether the left address is the lower one.</summary>
    public static bool operator <(Iova left, Iova right) => left.Value < right.Value;

    /// <summary>Whether the left address is the higher one.</summary>
    public static bool operator >(Iova left, Iova right) => left.Value > right.Value;

    /// <summary>Whether the left address is not the higher one.</summary>
    public static bool operator <=(Iova left, Iova right) => left.Value <= right.Value;

    /// <summary>Whether the left address is not the lower one.</summary>
    public static bool operator >=(Iova left, Iova right) => left.Value >= right.Value;

    /// <summary>An IOVA from a number.</summary>
    public static Iova FromUInt64(ulong value) => new(value);

    /// <summary>The address <paramref name="bytes"/> further on.</summary>
    public static Iova Add(Iova iova, long bytes) => iova + bytes;

    /// <summary>The value, for a register or a descriptor.</summary>
    public ulong ToUInt64() => Value;

    /// <inheritdoc/>
    public int CompareTo(Iova other) => Value.CompareTo(other.Value);

    /// <summary>The address in hexadecimal.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{Value:x}");
}
