namespace Vfio.Nvme;

/// <summary>What the controller can do: the register CAP (NVM Express 1.4, 3.1.1).</summary>
/// <param name="Value">The register.</param>
public readonly record struct ControllerCapabilities(ulong Value)
{
    private const int TimeoutUnit = 500; // milliseconds
    private const int PageShift = 12;

    /// <summary>The most entries that a queue may have (MQES, which counts from zero).</summary>
    public int MaxQueueEntries => (int)(Value & 0xffff) + 1;

    /// <summary>How long enabling and disabling may take (TO).</summary>
    public TimeSpan Timeout => TimeSpan.FromMilliseconds((long)((Value >> 24) & 0xff) * TimeoutUnit);

    /// <summary>From one doorbell to the next, in bytes (DSTRD).</summary>
    public int DoorbellStride => 4 << (int)((Value >> 32) & 0xf);

    /// <summary>Whether there is the NVM command set, whose commands read and write blocks (CSS).</summary>
    public bool HasNvmCommandSet => ((Value >> 37) & 1) != 0;

    /// <summary>The smallest memory page that the host may use, in bytes (MPSMIN).</summary>
    public long MinPageSize => 1L << (PageShift + (int)((Value >> 48) & 0xf));
}
