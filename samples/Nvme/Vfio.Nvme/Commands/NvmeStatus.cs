namespace Vfio.Nvme;

/// <summary>How a command ended: the status field without its phase tag (NVM Express 1.4, 4.6.1).</summary>
/// <param name="Value">SC in bits 7:0, SCT in 10:8, CRD in 12:11, M in 13, DNR in 14.</param>
public readonly record struct NvmeStatus(ushort Value)
{
    private const int CodeMask = 0x7ff;
    private const int DoNotRetryBit = 1 << 14;

    /// <summary>Successful Completion.</summary>
    public static NvmeStatus Success => default;

    /// <summary>
    /// Command Aborted By Host (SCT 3h, SC 71h). The driver's own word for commands that a controller reset ended: whether the controller did them is
    /// not known, and its memory is not touched any more.
    /// </summary>
    public static NvmeStatus AbortedByHost => new(0x371);

    /// <summary>Command Abort Requested (SC 07h).</summary>
    public static NvmeStatus AbortRequested => new(0x007);

    /// <summary>Compare Failure (SCT 2h, SC 85h).</summary>
    public static NvmeStatus CompareFailure => new(0x285);

    /// <summary>LBA Out of Range (SC 80h).</summary>
    public static NvmeStatus LbaOutOfRange => new(0x080);

    /// <summary>Whether the command did what it was to do.</summary>
    public bool IsSuccess => (Value & CodeMask) == 0;

    /// <summary>The status code (SC).</summary>
    public int Code => Value & 0xff;

    /// <summary>The status code type (SCT).</summary>
    public int CodeType => (Value >> 8) & 7;

    /// <summary>Whether the same command would fail again (DNR).</summary>
    public bool DoNotRetry => (Value & DoNotRetryBit) != 0;

    /// <summary>Whether two statuses say the same, whatever they say of trying again.</summary>
    public bool Is(NvmeStatus other) => ((Value ^ other.Value) & CodeMask) == 0;

    /// <summary>The specification's name and the codes.</summary>
    public override string ToString() => $"{StatusNames.Of(CodeType, Code)} (SCT {CodeType:x}h, SC {Code:x2}h)";
}
