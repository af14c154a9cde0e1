using System.Runtime.InteropServices;

namespace Vfio.Nvme;

/// <summary>The end of a command, as it stands in a completion queue (NVM Express 1.4, 4.6, figure 122).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CompletionEntry
{
    /// <summary>The length of an entry in bytes.</summary>
    public const int Size = 16;

    /// <summary>Where the phase tag is in <see cref="CommandAndStatus"/>.</summary>
    public const uint PhaseTag = 1 << 16;

    /// <summary>DW0: what the command returns.</summary>
    public uint Result;

    /// <summary>DW1.</summary>
    public uint Reserved;

    /// <summary>SQHD below, SQID above.</summary>
    public uint HeadAndQueue;

    /// <summary>CID below, then the phase tag, then the status.</summary>
    public uint CommandAndStatus;
}
