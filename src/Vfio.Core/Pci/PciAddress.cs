using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vfio.Core;

/// <summary>The address of a PCI function: domain, bus, device and function (BDF).</summary>
/// <remarks>Written as the kernel does, <c>0000:00:03.0</c>; domains of more than four digits exist (Intel VMD).</remarks>
public readonly record struct PciAddress : ISpanParsable<PciAddress>, IComparable<PciAddress>
{
    private const int MaxBus = 0xff;
    private const int MaxDevice = 0x1f;
    private const int MaxFunction = 7;

    /// <summary>An address from its parts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A part is out of its range.</exception>
    public PciAddress(uint domain, int bus, int device, int function)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bus);
        ArgumentOutOfRangeException.ThrowIfNegative(device);
        ArgumentOutOfRangeException.ThrowIfNegative(function);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bus, MaxBus);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(device, MaxDevice);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(function, MaxFunction);
        Domain = domain;
        Bus = (byte)bus;
        Device = (byte)device;
        Function = (byte)function;
    }

    /// <summary>The domain, or segment: 16 bits wide in hardware, and up to 32 bits where the kernel numbers it.</summary>
    public uint Domain { get; }

    /// <summary>The bus, 0 to 255.</summary>
    public byte Bus { get; }

    /// <summary>The device on the bus, 0 to 31.</summary>
    public byte Device { get; }

    /// <summary>The function of the device, 0 to 7.</summary>
    public byte Function { get; }

    /// <summary>Whether the left address comes first.</summary>
    public static bool operator <(PciAddress left, PciAddress right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left address comes last.</summary>
    public static bool operator >(PciAddress left, PciAddress right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left address does not come last.</summary>
    public static bool operator <=(PciAddress left, PciAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left address does not come first.</summary>
    public static bool operator >=(PciAddress left, PciAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>DDDD:BB:DD.F</c>, or <c>BB:DD.F</c> in domain 0, in hexadecimal.</summary>
    /// <exception cref="FormatException">The text is not a PCI address.</exception>
    public static PciAddress Parse(string text) => Parse(text.AsSpan());

    /// <inheritdoc cref="Parse(string)"/>
    public static PciAddress Parse(ReadOnlySpan<char> text)
        => TryParse(text, out PciAddress address)
            ? address
            : throw new FormatException(
                $"'{text}' is not a PCI address. Write domain:bus:device.function in hexadecimal, such as 0000:00:03.0.");

    /// <summary>Reads <c>DDDD:BB:DD.F</c>, or <c>BB:DD.F</c> in domain 0, in hexadecimal.</summary>
    /// <returns>Whether the text is a PCI address.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out PciAddress address)
    {
        address = default;
        uint domain = 0;
        if (text.Count(':') == 2)
        {
            int colon = text.IndexOf(':');
            if (colon < 4 || !TryHex(text[..colon], 8, out domain))
            {
                return false;
            }

            text = text[(colon + 1)..];
        }

        if (text is not [_, _, ':', _, _, '.', _]
            || !TryHex(text[..2], 2, out uint bus)
            || !TryHex(text[3..5], 2, out uint device)
            || !TryHex(text[6..], 1, out uint function)
            || device > MaxDevice
            || function > MaxFunction)
        {
            return false;
        }

        address = new PciAddress(domain, (int)bus, (int)device, (int)function);
        return true;
    }

    /// <inheritdoc/>
    static PciAddress IParsable<PciAddress>.Parse(string s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    static bool IParsable<PciAddress>.TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, out PciAddress result) => TryParse(s, out result);

    /// <inheritdoc/>
    static PciAddress ISpanParsable<PciAddress>.Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc/>
    static bool ISpanParsable<PciAddress>.TryParse(
        ReadOnlySpan<char> s, IFormatProvider? provider, out PciAddress result) => TryParse(s, out result);

    /// <inheritdoc/>
    public int CompareTo(PciAddress other)
        => (Domain, Bus, Device, Function).CompareTo((other.Domain, other.Bus, other.Device, other.Function));

    /// <summary>The address as the kernel writes it.</summary>
    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Domain:x4}:{Bus:x2}:{Device:x2}.{Function}");

    private static bool TryHex(ReadOnlySpan<char> text, int maxDigits, out uint value)
    {
        value = 0;

        // The framework's parser takes NULs at the end for padding; in an address they are none.
        return text.Length <= maxDigits
            && !text.Contains('\0')
            && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
