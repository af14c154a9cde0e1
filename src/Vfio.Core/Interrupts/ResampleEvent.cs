using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>An event that unmasks an interrupt which masks itself: whoever has served the device signals it.</summary>
/// <remarks>
/// <para>Thread-safe. The kernel unmasks the vector inside of the signal; if the device still holds the line, the vector
/// triggers again. A signal while the vector is not masked does nothing.</para>
/// <para>For a virtual machine, hand the vector's <see cref="Interrupt.ExportEvent"/> and this one's <see cref="ExportEvent"/> to
/// KVM (<c>KVM_IRQFD</c> with <c>KVM_IRQFD_FLAG_RESAMPLE</c>), which signals it when the guest has acknowledged the interrupt.</para>
/// </remarks>
public sealed class ResampleEvent : IDisposable
{
    private readonly Interrupt _interrupt;
    private volatile bool _disposed;

    internal ResampleEvent(Interrupt interrupt, EventFd source)
    {
        _interrupt = interrupt;
        Source = source;
    }

    internal EventFd Source { get; }

    /// <summary>Unmasks the vector: one <c>write</c>, which does not go through the device's descriptor.</summary>
    /// <exception cref="ObjectDisposedException">It, or the interrupts, have been disposed.</exception>
    public void Signal()
    {
        RequireEnabled();
        Source.Signal();
    }

    /// <summary>Makes a descriptor of the eventfd, for somebody else to signal.</summary>
    /// <returns>The descriptor, which the caller owns. After the end of this it unmasks nothing.</returns>
    /// <exception cref="VfioException">The process has too many open files.</exception>
    /// <exception cref="ObjectDisposedException">It, or the interrupts, have been disposed.</exception>
    public SafeHandle ExportEvent()
    {
        RequireEnabled();
        return Source.Export();
    }

    /// <summary>Takes the event from the vector (<c>VFIO_DEVICE_SET_IRQS</c>). A vector that is masked stays so.</summary>
    public void Dispose() => _interrupt.Set.DisableResample(_interrupt, this);

    /// <summary>Unmasks the vector, if this has not ended.</summary>
    internal bool TrySignal()
    {
        if (_disposed)
        {
            return false;
        }

        try
        {
            Source.Signal();
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void RequireEnabled()
    {
        if (_disposed)
        {
            throw _interrupt.Set.Ended(this);
        }
    }

    /// <summary>Ends it, of which the kernel knows no more.</summary>
    internal void End()
    {
        _disposed = true;
        Source.Dispose();
    }
}
