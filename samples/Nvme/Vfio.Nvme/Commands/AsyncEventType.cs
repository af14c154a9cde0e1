namespace Vfio.Nvme;

/// <summary>What an asynchronous event is about (NVM Express 1.4, 5.2, figure 145).</summary>
public enum AsyncEventType
{
    /// <summary>An error that belongs to no command.</summary>
    Error = 0,

    /// <summary>The SMART or health state.</summary>
    SmartHealth = 1,

    /// <summary>A notice, such as that the namespaces changed.</summary>
    Notice = 2,

    /// <summary>Of a command set.</summary>
    CommandSetSpecific = 6,

    /// <summary>Of the vendor.</summary>
    VendorSpecific = 7,
}
