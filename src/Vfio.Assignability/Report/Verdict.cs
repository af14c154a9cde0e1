namespace Vfio.Assignability;

/// <summary>Whether a device can be given away, from where its host stands now.</summary>
public enum Verdict
{
    /// <summary>Nothing is left to do.</summary>
    Yes,

    /// <summary>Once some actions are taken, none of which needs a reboot.</summary>
    After,

    /// <summary>Once some actions are taken, one of which needs a reboot: a firmware setting or a kernel option.</summary>
    Reboot,

    /// <summary>Only with isolation, or protection from the device's interrupts, given up.</summary>
    Unsafe,

    /// <summary>Not without other hardware, a firmware update, or the loss of something in critical use.</summary>
    No,

    /// <summary>Facts are missing that could turn the answer.</summary>
    Unknown,
}
