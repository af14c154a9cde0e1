using Vfio.Native;

namespace Vfio.Core;

/// <summary>The power of a device that this process owns: its states (D0 to D3hot), and low power, in which the kernel suspends it.</summary>
/// <remarks>
/// <para>Two things that are not the same. A <b>state</b> is what the function's own register says, and is set by its owner
/// (<see cref="SetState"/>). <b>Low power</b> lets the kernel suspend the device as it would any idle one, to D3cold where the platform can,
/// until it is needed (<see cref="EnterLowPower"/>, <see cref="EnterLowPowerUntilWoken"/>).</para>
/// <para>In either an access to a mapped BAR by pointer faults. What a call does is said at each. The host's side, such as whether the
/// device is suspended at this moment, is <see cref="PciFunction.Power"/>. Thread-safe.</para>
/// </remarks>
public sealed class DevicePower
{
    private readonly VfioDevice _device;
    private readonly Lock _gate = new();
    private PowerWakeup? _wakeup;

    internal DevicePower(VfioDevice device) => _device = device;

    /// <summary>
    /// Whether the function has states of its own: the capability of power management. Without it is always in D0. Low power does not
    /// depend on it.
    /// </summary>
    /// <exception cref="VfioException">The kernel refused the access.</exception>
    /// <exception cref="InvalidDataException">The chain of capabilities is malformed.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public bool HasStates => _device.Config.TryFindCapability((byte)PciPowerManagement.Id, out _);

    /// <summary>The state that the function is in, from its register PMCSR; D0 where it has none.</summary>
    /// <remarks>Reading wakes a device that is suspended, so that it is never a way to see that: <see cref="PciFunction.Power"/> is.</remarks>
    /// <exception cref="VfioException">The kernel refused the access.</exception>
    /// <exception cref="InvalidDataException">The chain of capabilities is malformed.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public PciPowerState State => _device.Config.TryGet(out PciPowerManagement power) ? power.State : PciPowerState.D0;

    /// <summary>
    /// Brings the function into a state (a write of PMCSR, which the kernel carries out with the delays that it needs), and checks that it
    /// is in it.
    /// </summary>
    /// <remarks>
    /// In D3hot every access to a BAR by call is refused, and one by pointer throws; configuration space goes on answering. The way back
    /// to D0 is a reset of the function unless <see cref="PciPowerManagement.NoSoftReset"/>; the kernel then restores configuration space.
    /// From a deep state there is only D0. A reset of the function also leads to D0.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">There is no such state.</exception>
    /// <exception cref="VfioException">
    /// The function does not have the state, or not from where it is; or it is a physical function with virtual ones, which stays in D0.
    /// </exception>
    /// <exception cref="InvalidDataException">The chain of capabilities is malformed.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void SetState(PciPowerState state)
    {
        if (state is < PciPowerState.D0 or > PciPowerState.D3Hot)
        {
            throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state.");
        }

        PciConfigSpace config = _device.Config;
        if (!config.TryFindCapability((byte)PciPowerManagement.Id, out PciCapability capability) || !config.TryGet(out PciPowerManagement power))
        {
            if (state == PciPowerState.D0)
            {
                return;
            }

            throw PowerErrors.NoStates(_device.Name, state);
        }

        if ((state == PciPowerState.D1 && !power.SupportsD1) || (state == PciPowerState.D2 && !power.SupportsD2))
        {
            throw PowerErrors.NoSuchState(_device.Name, state);
        }

        // PME's status would be cleared by the one that it reads as.
        int control = config.Read16(capability.Offset + PciRegs.PCI_PM_CTRL) & ~(int)(PciRegs.PCI_PM_CTRL_STATE_MASK | PciRegs.PCI_PM_CTRL_PME_STATUS);
        config.Write16(capability.Offset + PciRegs.PCI_PM_CTRL, (ushort)(control | (int)state));
        PciPowerState reached = State;
        if (reached != state)
        {
            throw PowerErrors.NotReached(_device.Name, state, reached);
        }
    }

    /// <summary>
    /// Lets the kernel suspend the device (<c>VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY</c>), until <see cref="ExitLowPower"/>.
    /// </summary>
    /// <remarks>
    /// The kernel suspends it a moment later, if nothing else keeps it awake (<see cref="PciFunctionPower.Control"/>). Each call to the device
    /// wakes it for as long as the call takes, and so does an access to configuration space. An access to a BAR by pointer throws until the
    /// exit. The device interrupts nobody while it is suspended; INTx is masked meanwhile.
    /// </remarks>
    /// <exception cref="VfioException">The device is in low power already, or the driver or the kernel (before Linux 6.1) does not have it.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void EnterLowPower() => _device.Features.Run(DeviceFeature.LowPowerEntry, FeatureOperations.Set, []);

    /// <summary>
    /// Lets the kernel suspend the device until it is woken, whoever does that (<c>VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP</c>): the device
    /// itself, or the first call to it after the kernel has suspended it. Low power ends with that.
    /// </summary>
    /// <returns>What tells of it. It ends with the device; disposing it before does not leave low power.</returns>
    /// <inheritdoc cref="EnterLowPower"/>
    public PowerWakeup EnterLowPowerUntilWoken() => _device.Adopt(() =>
    {
        lock (_gate)
        {
            var wakeup = new PowerWakeup(_device, this);
            try
            {
                var request = new vfio_device_low_power_entry_with_wakeup { wakeup_eventfd = wakeup.Event.Descriptor };
                _device.Features.Run(DeviceFeature.LowPowerEntryWithWakeup, FeatureOperations.Set, DeviceFeatures.Bytes(ref request));
            }
            catch
            {
                wakeup.End();
                throw;
            }

            // One that was there before has been woken: the kernel would have refused otherwise.
            _wakeup = wakeup;
            return wakeup;
        }
    });

    /// <summary>
    /// Leaves low power (<c>VFIO_DEVICE_FEATURE_LOW_POWER_EXIT</c>), and wakes who waits for it. Where the device is not in it, nothing is done.
    /// </summary>
    /// <remarks>The device is in D0 afterwards, configuration space is as before, and a mapped BAR can be accessed again.</remarks>
    /// <exception cref="VfioException">The driver or the kernel (before Linux 6.1) does not have it, or the device could not be woken.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void ExitLowPower()
    {
        lock (_gate)
        {
            _device.Features.Run(DeviceFeature.LowPowerExit, FeatureOperations.Set, []);

            // The kernel signals only a device that it had suspended by then; who waits shall not wait for ever.
            _wakeup?.Signal();
            _wakeup = null;
        }
    }

    internal void Forget(PowerWakeup wakeup)
    {
        lock (_gate)
        {
            if (_wakeup == wakeup)
            {
                _wakeup = null;
            }
        }
    }
}
