using Vfio.Core;
using Vfio.Native;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>Makes memory consist of base pages also where the kernel joins pages unasked (transparent huge pages at <c>always</c>).</summary>
internal static class BasePages
{
    /// <summary>Takes the pages of a buffer that is not mapped for the device, and brings in single ones in their place.</summary>
    public static unsafe void Separate(DmaBuffer buffer)
    {
        void* address = (void*)buffer.Address;

        // A kernel that joins no pages refuses the advice, and has none to take away.
        if (Libc.madvise(address, (nuint)buffer.Length, Libc.MADV_NOHUGEPAGE) != 0
            || Libc.madvise(address, (nuint)buffer.Length, Libc.MADV_DONTNEED) != 0)
        {
            return;
        }

        for (long offset = 0; offset < buffer.Length; offset += Environment.SystemPageSize)
        {
            buffer.Write8(offset, 0);
        }
    }
}
