namespace Vfio.Nvme.Tests.Model;

/// <summary>How CSTS.RDY misbehaves.</summary>
internal enum ModelStuck
{
    /// <summary>Not at all.</summary>
    No,

    /// <summary>It never becomes one.</summary>
    NeverReady,

    /// <summary>It never becomes zero.</summary>
    NeverIdle,

    /// <summary>The shutdown never ends.</summary>
    NeverShutDown,

    /// <summary>Enabling reports CSTS.CFS.</summary>
    FatalWhenEnabled,
}
