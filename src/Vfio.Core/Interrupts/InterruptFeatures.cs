namespace Vfio.Core;

/// <summary>What an interrupt index allows (the <c>VFIO_IRQ_INFO_*</c> of the kernel).</summary>
[Flags]
public enum InterruptFeatures
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It can signal an eventfd.</summary>
    EventFd = 1,

    /// <summary>Its vectors can be masked and unmasked.</summary>
    Maskable = 2,

    /// <summary>It masks itself when it signals, and stays so until it is unmasked (INTx).</summary>
    AutoMasked = 4,

    /// <summary>The number of vectors is fixed while it is enabled.</summary>
    NoResize = 8,
}
