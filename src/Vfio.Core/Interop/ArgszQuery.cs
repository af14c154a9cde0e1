using System.Buffers.Binary;

namespace Vfio.Core;

/// <summary>
/// The dance of every VFIO info ioctl: the caller says how large its buffer is, the kernel says how much it has, and
/// the call is repeated until all of it fits.
/// </summary>
internal static unsafe class ArgszQuery
{
    private const int MaxSize = 1 << 20;
    private const int MaxRounds = 8;

    /// <summary>One ioctl on a buffer whose first field, argsz, is filled in and whose rest is zero.</summary>
    public delegate int Call(nint buffer);

    /// <summary>Runs the query and gives the whole answer.</summary>
    /// <param name="headerSize">The size of the fixed structure.</param>
    /// <param name="call">The ioctl.</param>
    /// <param name="refused">The exception for an errno.</param>
    /// <exception cref="InvalidDataException">The kernel's sizes make no sense.</exception>
    public static byte[] Run(int headerSize, Call call, Func<int, Exception> refused)
    {
        int size = headerSize;
        for (int round = 0; round < MaxRounds; round++)
        {
            byte[] buffer = new byte[size];
            BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)size);
            fixed (byte* address = buffer)
            {
                int result = call((nint)address);
                if (result < 0)
                {
                    throw refused(-result);
                }
            }

            uint wanted = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
            if (wanted <= (uint)size)
            {
                return buffer;
            }

            if (wanted > MaxSize)
            {
                throw new InvalidDataException($"The kernel asks for a buffer of {wanted} bytes for an info structure.");
            }

            size = (int)wanted;
        }

        throw new InvalidDataException("The kernel asks for a larger buffer each time it is given one.");
    }
}
