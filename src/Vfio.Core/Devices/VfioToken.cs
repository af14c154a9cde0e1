using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>A token as the kernel reads it: the 16 bytes in the order in which the text shows them.</summary>
[InlineArray(Length)]
internal struct VfioToken
{
    private const int Length = 16;

    private byte _first;

    public VfioToken(Guid token) => _ = token.TryWriteBytes(this, bigEndian: true, out _);
}
