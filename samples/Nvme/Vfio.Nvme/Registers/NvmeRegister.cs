namespace Vfio.Nvme;

/// <summary>Where the controller's registers are in BAR0, in bytes (NVM Express 1.4, 3.1).</summary>
internal static class NvmeRegister
{
    /// <summary>CAP, 64 bits.</summary>
    public const long Capabilities = 0x00;

    /// <summary>VS.</summary>
    public const long Version = 0x08;

    /// <summary>CC.</summary>
    public const long Configuration = 0x14;

    /// <summary>CSTS.</summary>
    public const long Status = 0x1c;

    /// <summary>AQA.</summary>
    public const long AdminQueueAttributes = 0x24;

    /// <summary>ASQ, 64 bits.</summary>
    public const long AdminSubmissionQueue = 0x28;

    /// <summary>ACQ, 64 bits.</summary>
    public const long AdminCompletionQueue = 0x30;

    /// <summary>The tail doorbell of the admin submission queue; the others follow it.</summary>
    public const long Doorbells = 0x1000;

    /// <summary>What a function that is gone answers to a read of 32 bits.</summary>
    public const uint Gone = uint.MaxValue;

    /// <summary>Where a queue's tail doorbell is (3.1.24).</summary>
    public static long SubmissionDoorbell(int queueId, int stride) => Doorbells + (2L * queueId * stride);

    /// <summary>Where a queue's head doorbell is (3.1.25).</summary>
    public static long CompletionDoorbell(int queueId, int stride) => Doorbells + (((2L * queueId) + 1) * stride);
}
