using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The interrupts of a PCI device. INTx, MSI and MSI-X exclude each other while enabled; the others do not.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class DeviceInterrupts
{
    internal DeviceInterrupts(VfioDevice device, IDeviceTransport transport, VfioHost host)
    {
        InterruptKind Kind(string name, uint index) => new(
            device,
            transport,
            host,
            name,
            index < (uint)transport.InterruptCount
                ? transport.GetInterrupt((int)index)
                : new InterruptInfo((int)index, 0, InterruptFeatures.None));

        Intx = Kind("INTx", (uint)VFIO_PCI_INTX_IRQ_INDEX);
        Msi = Kind("MSI", (uint)VFIO_PCI_MSI_IRQ_INDEX);
        Msix = Kind("MSI-X", (uint)VFIO_PCI_MSIX_IRQ_INDEX);
        Error = Kind("ERR", (uint)VFIO_PCI_ERR_IRQ_INDEX);
    }

    /// <summary>The line interrupt. It masks itself at each trigger; see <see cref="Interrupt.Unmask"/> and <see cref="Interrupt.EnableResample"/>.</summary>
    public InterruptKind Intx { get; }

    /// <summary>Message signalled interrupts.</summary>
    public InterruptKind Msi { get; }

    /// <summary>Message signalled interrupts with a table in a BAR.</summary>
    public InterruptKind Msix { get; }

    /// <summary>
    /// Errors that a PCI Express device or its link reports and that cannot be corrected (AER): one vector, which the kernel triggers when it is told
    /// (<c>VFIO_PCI_ERR_IRQ_INDEX</c>). Some kernels offer it for conventional functions too, which never trigger it. Whoever gets it should
    /// stop using the device, and reset it.
    /// </summary>
    public InterruptKind Error { get; }

    /// <summary>Enables what is enabled once more, on the same events, after the device was reset. A reset does not reach <see cref="Error"/>.</summary>
    internal void Rearm()
    {
        Intx.Rearm();
        Msi.Rearm();
        Msix.Rearm();
    }
}
