using System.Runtime.InteropServices;

namespace Vfio.Nvme;

/// <summary>A command, as it stands in a submission queue (NVM Express 1.4, 4.2, figure 104).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SubmissionEntry
{
    /// <summary>The length of an entry in bytes.</summary>
    public const int Size = 64;

    /// <summary>PSDT: the data pointer is a scatter gather list, and metadata, if any, one buffer.</summary>
    public const uint UsesSgl = 1 << 14;

    /// <summary>CDW0: opcode in bits 7:0, FUSE and PSDT in 15:8, the command identifier in 31:16.</summary>
    public uint Command;

    /// <summary>NSID.</summary>
    public uint NamespaceId;

    /// <summary>CDW2 and CDW3, reserved.</summary>
    public ulong Reserved;

    /// <summary>MPTR.</summary>
    public ulong Metadata;

    /// <summary>PRP1, or the first half of an SGL descriptor.</summary>
    public ulong Data1;

    /// <summary>PRP2, or the second half of an SGL descriptor.</summary>
    public ulong Data2;

    /// <summary>CDW10, with CDW11 above it.</summary>
    public ulong Dwords10And11;

    /// <summary>CDW12, with CDW13 above it.</summary>
    public ulong Dwords12And13;

    /// <summary>CDW14, with CDW15 above it.</summary>
    public ulong Dwords14And15;

    /// <summary>Two dwords, for the fields above.</summary>
    public static ulong Dwords(uint low, uint high) => low | ((ulong)high << 32);
}
