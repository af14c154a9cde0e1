using System.Diagnostics.CodeAnalysis;

namespace Vfio.Core;

/// <summary>A capability whose registers are known, and can be read from bytes.</summary>
/// <typeparam name="TSelf">The capability itself.</typeparam>
public interface IPciCapability<TSelf>
    where TSelf : struct, IPciCapability<TSelf>
{
    /// <summary>Its id, as <c>PCI_CAP_ID_*</c> or <c>PCI_EXT_CAP_ID_*</c> numbers them.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "What implements the interface is not generic.")]
    static abstract ushort Id { get; }

    /// <summary>Whether it lies behind the first 256 bytes, where <c>PCI_EXT_CAP_ID_*</c> counts.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "What implements the interface is not generic.")]
    static abstract bool IsExtended { get; }

    /// <summary>How many bytes are read at most.</summary>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "What implements the interface is not generic.")]
    static abstract int MaxLength { get; }

    /// <summary>Reads the registers. Allocates nothing.</summary>
    /// <param name="bytes">The bytes from the capability's first on; what is behind it does not matter.</param>
    /// <param name="capability">What was read.</param>
    /// <returns>Whether the bytes were enough, and begin with the id.</returns>
    [SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "What implements the interface is not generic.")]
    static abstract bool TryRead(ReadOnlySpan<byte> bytes, out TSelf capability);
}
