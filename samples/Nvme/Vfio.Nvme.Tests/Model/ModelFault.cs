namespace Vfio.Nvme.Tests.Model;

/// <summary>What the model does with a command instead of doing it well.</summary>
internal enum ModelFault
{
    /// <summary>It does it well.</summary>
    None,

    /// <summary>It does it, and never says so.</summary>
    LoseCompletion,

    /// <summary>It does nothing, until <see cref="ModelController.Release"/>, an Abort or a reset.</summary>
    Hold,

    /// <summary>As <see cref="Hold"/>, and it refuses to abort the command.</summary>
    HoldFirmly,

    /// <summary>It ends it with <see cref="ModelController.FaultStatus"/>, and does nothing.</summary>
    Fail,

    /// <summary>It does it, and completes another identifier.</summary>
    WrongIdentifier,

    /// <summary>It does it, and completes it twice.</summary>
    CompleteTwice,

    /// <summary>It reports CSTS.CFS, and does nothing any more.</summary>
    Fatal,

    /// <summary>It is gone from the bus: reads give ones.</summary>
    Vanish,

    /// <summary>It is taken away, as the library tells it: what is asked of it throws, and its interrupts end.</summary>
    TakenAway,

    /// <summary>It does not answer until the function is reset, as the library tells it.</summary>
    Asleep,
}
