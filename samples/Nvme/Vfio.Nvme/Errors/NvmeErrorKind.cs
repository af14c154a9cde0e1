namespace Vfio.Nvme;

/// <summary>What went wrong, for code that decides by it.</summary>
public enum NvmeErrorKind
{
    /// <summary>A command ended with a status that is not success: <see cref="NvmeException.Status"/>.</summary>
    CommandFailed,

    /// <summary>The controller did not become ready, idle or shut down within the time that it claims (CAP.TO), or its function did not answer.</summary>
    NotReady,

    /// <summary>A command did not end in time. The controller has been reset.</summary>
    CommandTimeout,

    /// <summary>The controller reported that it has failed (CSTS.CFS).</summary>
    ControllerFatal,

    /// <summary>The controller completed what was not submitted, or described itself in a way that makes no sense.</summary>
    ProtocolViolation,

    /// <summary>The function was taken away, or answers nothing but ones.</summary>
    FunctionGone,

    /// <summary>The controller lacks what was asked for; nothing was changed.</summary>
    NotSupported,

    /// <summary>The controller cannot be used any more, or not yet: see <see cref="NvmeController.State"/>.</summary>
    NotUsable,
}
