using System.Diagnostics.CodeAnalysis;

namespace Vfio.Core;

/// <summary>Accesses that are refused before they are made. Kept out of line so that the accessors stay small.</summary>
internal static class AccessErrors
{
    [DoesNotReturn]
    public static void Throw(long offset, long width, long length)
    {
        if (offset < 0 || offset > length - width)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), offset, $"An access of {width} bytes at 0x{offset:x} leaves the 0x{length:x} bytes there are.");
        }

        throw new ArgumentException(
            $"An access of {width} bytes at 0x{offset:x} is not aligned to its width.", nameof(offset));
    }
}
