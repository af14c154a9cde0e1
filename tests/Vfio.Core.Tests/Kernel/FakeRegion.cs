using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>A region of a fake device, on memory that can be mapped like a device's.</summary>
internal sealed unsafe class FakeRegion
{
    /// <summary>Where the kernel puts regions in the device's descriptor: the index in the top bits.</summary>
    public const int OffsetShift = 40;

    public FakeRegion(int index, long size, uint flags)
    {
        Size = size;
        Flags = flags;
        Offset = (long)index << OffsetShift;
        fixed (byte* name = "region\0"u8)
        {
            Memory = Libc.memfd_create(name, Libc.MFD_CLOEXEC);
        }

        Assert.True(Memory >= 0);
        Assert.Equal(0, Libc.ftruncate(Memory, size));
    }

    public long Size { get; }

    public uint Flags { get; set; }

    public long Offset { get; }

    /// <summary>The real descriptor of the memory behind the region.</summary>
    public int Memory { get; }

    /// <summary>What the answer to GET_REGION_INFO has behind the structure.</summary>
    public byte[] Capabilities { get; set; } = [];

    /// <summary>The offset of the first capability in the answer, by default right behind the structure.</summary>
    public uint CapabilityOffset { get; set; } = (uint)sizeof(vfio_region_info);

    /// <summary>The most bytes that one read or write transfers.</summary>
    public int MaxTransfer { get; set; } = int.MaxValue;

    public void Poke(long offset, params ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
        {
            Assert.Equal(bytes.Length, LinuxKernel.Instance.WriteAt(Memory, source, (nuint)bytes.Length, offset));
        }
    }

    public byte[] Peek(long offset, int length)
    {
        byte[] bytes = new byte[length];
        fixed (byte* destination = bytes)
        {
            Assert.Equal(length, LinuxKernel.Instance.ReadAt(Memory, destination, (nuint)length, offset));
        }

        return bytes;
    }

    /// <summary>Lets accesses through mappings go unanswered, as those of a device whose memory is switched off do.</summary>
    public bool IsUnreachable
    {
        set => Assert.Equal(0, Libc.ftruncate(Memory, value ? 0 : Size));
    }

    public void Release() => _ = Libc.close(Memory);
}
