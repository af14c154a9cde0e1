namespace Vfio.Nvme;

/// <summary>The fields of the register CC (NVM Express 1.4, 3.1.5).</summary>
internal static class ControllerConfiguration
{
    /// <summary>EN.</summary>
    public const uint Enable = 1;

    /// <summary>IOSQES and IOCQES: entries of 64 and of 16 bytes. Command set, page size (4 KiB) and arbitration are zero.</summary>
    public const uint EntrySizes = (6 << 16) | (4 << 20);

    /// <summary>SHN: a normal shutdown.</summary>
    public const uint NormalShutdown = 1 << 14;

    /// <summary>SHN.</summary>
    public const uint ShutdownMask = 3 << 14;
}
