namespace Vfio.Assignability;

/// <summary>The order in which steps towards giving a device away make sense.</summary>
internal enum StepPhase
{
    Reboot,
    Module,
    Parameter,
    Limit,
    Holders,
    VirtualFunctions,
    Framebuffer,
    Unbind,
    Bind,
    Interrupts,
}
