using System.Runtime.ExceptionServices;
using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <content>Its end, by its user or because the kernel wants it back, and what a device that does not answer is taken for.</content>
public sealed partial class VfioDevice
{
    private const ushort Ones = ushort.MaxValue;

    /// <summary>The device's life: whether the kernel wants it back, and what becomes of it then.</summary>
    public DeviceLifetime Lifetime { get; }

    /// <inheritdoc/>
    public void Dispose() => End(DeviceState.Disposed);

    /// <summary>
    /// Makes a child that ends together with the device. A dispose waits until it is made, because what holds the
    /// device in the kernel must be known before the device is closed.
    /// </summary>
    /// <exception cref="VfioException">The device is gone; no child is made.</exception>
    /// <exception cref="ObjectDisposedException">The device has ended already; no child is made.</exception>
    internal T Adopt<T>(Func<T> create)
        where T : class, IDisposable
    {
        lock (_gate)
        {
            if (_ended)
            {
                throw Ended(this);
            }

            T child = create();
            _children.Add(child);
            return child;
        }
    }

    internal void Forget(IDisposable child)
    {
        lock (_gate)
        {
            _children.Remove(child);
        }
    }

    /// <summary>What an operation throws that comes too late.</summary>
    internal Exception Ended(object owner) => Lifetime.IsGone
        ? DeviceErrors.Released(Name, Lifetime.GracePeriod)
        : new ObjectDisposedException(owner.GetType().Name);

    /// <summary>Makes sure that ones are what the device has said. A bus on which nobody answers gives ones too.</summary>
    /// <exception cref="VfioException">The device does not answer in configuration space either.</exception>
    internal void RequireAnswer()
    {
        if (Lifetime.State >= DeviceState.Gone)
        {
            throw Ended(this);
        }

        if (!Answers())
        {
            throw DeviceErrors.NoAnswer(Name);
        }
    }

    /// <summary>Why an access to a mapped region was not answered.</summary>
    internal Exception Unanswered(int region)
    {
        try
        {
            RequireAnswer();
            PciCommand command = Config.Command;
            bool isAsleep = Config.TryFindCapability((byte)PCI_CAP_ID_PM, out PciCapability power)
                && (Config.Read16(power.Offset + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK) == (int)PciPowerState.D3Hot;
            return DeviceErrors.Unanswered(Name, region, command.HasFlag(PciCommand.Memory), isAsleep);
        }
        catch (Exception error) when (error is ObjectDisposedException or VfioException { Kind: VfioErrorKind.DeviceGone })
        {
            return error;
        }
        catch (VfioException error)
        {
            return DeviceErrors.Unanswered(Name, region, error);
        }
    }

    /// <summary>
    /// Whether the function answers in configuration space. The kernel makes up some registers there, the IDs among them; the status
    /// register is the device's own, and never all ones.
    /// </summary>
    private bool Answers()
    {
        if (!Regions.Config.IsPresent)
        {
            return true;
        }

        try
        {
            return Regions.Config.Read16(PCI_STATUS) != Ones;
        }
        catch (VfioException error) when (error.Kind != VfioErrorKind.DeviceGone)
        {
            // Nobody can tell, so it is taken for what it was.
            return true;
        }
    }

    private void End(DeviceState state)
    {
        // First, so that an operation that begins now is refused, whatever the end has to wait for.
        Lifetime.End(state);

        // Whoever comes second waits, and finds the device closed. Only a handler of its interrupts must not, because the first waits for it.
        if (!InterruptHandler.TryEnter(_closeGate, this))
        {
            return;
        }

        try
        {
            if (!_closed)
            {
                _closed = true;
                Close();
            }
        }
        finally
        {
            _closeGate.Exit();
        }
    }

    private void Close()
    {
        IDisposable[] children;
        lock (_gate)
        {
            _ended = true;
            children = [.. _children];
        }

        _watch?.Stop();

        // A mapped region keeps the device open in the kernel, and interrupts would have nobody to take them.
        VfioException? first = null;
        try
        {
            foreach (IDisposable child in children)
            {
                try
                {
                    child.Dispose();
                }
                catch (VfioException error)
                {
                    // The others must end all the same, or the device would stay open.
                    first ??= error;
                }
            }
        }
        finally
        {
            // Also when a thread that waits for a handler is interrupted.
            _transport.Dispose();
            _watch?.Dispose();
            _attachment.Release();
            Lifetime.MarkReleased();
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private void Release()
    {
        try
        {
            End(DeviceState.Gone);
        }
        catch (VfioException)
        {
            // There is nobody to tell; what could be closed is.
        }
    }

    /// <summary>Runs a step on the device's place in an address space.</summary>
    private T OnAttachment<T>(Func<DeviceAttachment, T> step)
    {
        try
        {
            return Lifetime.IsGone ? throw Ended(this) : step(_attachment);
        }
        catch (ObjectDisposedException) when (Lifetime.IsGone)
        {
            throw Ended(this);
        }
    }

    private void OnAttachment(Action<DeviceAttachment> step) => OnAttachment(attachment =>
    {
        step(attachment);
        return true;
    });
}
