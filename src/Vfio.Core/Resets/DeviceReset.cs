using System.Runtime.ExceptionServices;

namespace Vfio.Core;

/// <summary>A reset, and what has to be saved before it and put back after it, for each device of this process that it hits.</summary>
internal sealed class DeviceReset(VfioDevice device, ResetOptions options)
{
    private readonly VfioHost _host = device.Host;

    /// <summary>Resets the function alone.</summary>
    public void Function() => Around([device], () => device.Transport.Reset(options.BusyTimeout));

    /// <summary>Resets the bus or the slot.</summary>
    /// <returns>What was hit.</returns>
    public HotResetInfo Hot(IHotResetTransport transport)
    {
        var survey = new HotResetSurvey(_host);
        HotResetInfo info = survey.Take(transport, device.Name);
        if (!info.IsPossible)
        {
            throw ResetErrors.NoBridge(device.Name);
        }

        using HeldGroups held = HeldGroups.Of(_host.Groups, info.ByGroups ? info.Affected.Select(static it => it.Group).OfType<int>() : []);
        IReadOnlyList<IOpenGroup> groups = held.WithDescriptor;
        if (info.ByGroups && groups.Count == 0)
        {
            // Without a group to show, the kernel would take the call for one that goes by devices.
            throw ResetErrors.HotReset(device.Name, info, errno: 0);
        }

        Around(Opened(info), () =>
        {
            int errno = transport.HotReset(groups, options.BusyTimeout);
            if (errno != 0)
            {
                // Who is in the way now counts; the first look may be outdated.
                throw ResetErrors.HotReset(device.Name, errno == Native.Errno.EINVAL ? survey.Take(transport, device.Name) : info, errno);
            }
        });
        return info;
    }

    private List<VfioDevice> Opened(HotResetInfo info)
    {
        var devices = new List<VfioDevice> { device };
        foreach (HotResetFunction function in info.Affected)
        {
            if (_host.OpenFunctions.FindDevice(function.Address.ToString()) is { } other && other != device)
            {
                devices.Add(other);
            }
        }

        return devices;
    }

    private void Around(List<VfioDevice> devices, Action reset)
    {
        PciConfigState?[] states = [.. devices.Select(Save)];
        reset();
        Exception? first = null;
        for (int i = 0; i < states.Length; i++)
        {
            try
            {
                PutBack(devices[i], states[i]);
            }
            catch (Exception error) when (devices[i] != device && IsOver(error))
            {
                // Its owner closed it meanwhile, and wants nothing of it any more.
            }
            catch (Exception error) when (error is VfioException or ObjectDisposedException or InvalidDataException)
            {
                // The others want theirs back all the same.
                first ??= error;
            }
        }

        if (first is VfioException refusal)
        {
            throw ResetErrors.NotPutBack(refusal);
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private static bool IsOver(Exception error) => error is ObjectDisposedException or VfioException { Kind: VfioErrorKind.DeviceGone };

    private PciConfigState? Save(VfioDevice hit)
    {
        try
        {
            return options.RestoreConfig ? PciConfigState.Save(hit.Config) : null;
        }
        catch (Exception error) when (hit != device && IsOver(error))
        {
            return null;
        }
    }

    private void PutBack(VfioDevice hit, PciConfigState? state)
    {
        _ = state?.Restore(hit.Config);
        if (options.RearmInterrupts)
        {
            hit.Interrupts.Rearm();
        }
    }
}
