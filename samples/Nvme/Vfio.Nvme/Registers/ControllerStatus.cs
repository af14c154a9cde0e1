namespace Vfio.Nvme;

/// <summary>How the controller is: the register CSTS (NVM Express 1.4, 3.1.6).</summary>
/// <param name="Value">The register.</param>
public readonly record struct ControllerStatus(uint Value)
{
    private const uint ShutdownComplete = 2;

    /// <summary>Whether it takes commands (RDY).</summary>
    public bool IsReady => (Value & 1) != 0;

    /// <summary>Whether it has failed beyond its own help (CFS).</summary>
    public bool IsFatal => (Value & 2) != 0;

    /// <summary>Whether an orderly shutdown is over (SHST).</summary>
    public bool IsShutDown => ((Value >> 2) & 3) == ShutdownComplete;

    /// <summary>Whether nobody answered: the function is gone, in reset, or its memory is disabled.</summary>
    public bool IsGone => Value == NvmeRegister.Gone;

    /// <summary>The register in hexadecimal.</summary>
    public override string ToString() => $"CSTS 0x{Value:x8}";
}
