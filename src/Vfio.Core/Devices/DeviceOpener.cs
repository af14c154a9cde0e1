using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// From a name to an open device: what it is, whether it can be taken at all, and by which back end, until one of them has it.
/// </summary>
internal sealed class DeviceOpener(VfioHost host)
{
    private static readonly VfioBackend[] _groupBackends =
    [
        VfioBackend.Type1V2, VfioBackend.Type1V1, VfioBackend.CompatType1V2, VfioBackend.CompatType1V1, VfioBackend.NoIommu,
    ];

    /// <summary>Opens the device. What comes back has a use of its address space.</summary>
    public OpenedDevice Open(HostDevice device, VfioDeviceOptions options)
    {
        Check(device, options);
        OpenFunction function = host.OpenFunctions.TryAdd(device.Name) ?? throw DeviceErrors.OpenHere(device.Name);
        try
        {
            return options.Node is { } node && PassedDevice.IsReady(host.Kernel, node)
                ? PassedDevice.Take(host, function, node, options.AddressSpace, device.IsNoIommu)
                : Open(function, device, options);
        }
        catch
        {
            host.OpenFunctions.Remove(function);
            throw;
        }
    }

    private static void Check(HostDevice device, VfioDeviceOptions options)
    {
        // Without an IOMMU a function has neither group nor node before it is bound; who expects one hears of that first.
        bool isBound = device.Address is null || HostDrivers.IsVfio(device.Driver);
        if (!isBound && (device.Group is not null || options.AllowUnsafeNoIommu))
        {
            throw DeviceErrors.NotBound(device.Name, device.Driver);
        }

        if (device.Group is null && device.Node is null)
        {
            throw DeviceErrors.NoGroup(device.Name);
        }

        if (device.IsNoIommu && !options.AllowUnsafeNoIommu && options.AddressSpace?.IsIsolated != false)
        {
            throw DeviceErrors.NoIsolation(device.Name);
        }

        if (options.AddressSpace is { } space && space.IsIsolated == device.IsNoIommu)
        {
            throw BackendErrors.WrongIsolation(device.Name, device.IsNoIommu);
        }
    }

    private OpenedDevice Open(OpenFunction function, HostDevice device, VfioDeviceOptions options)
    {
        if (options.AddressSpace is { } space)
        {
            return Open(function, device, options, space, () => space);
        }

        VfioException? first = null;
        BackendChoice choice = Choose(options);
        foreach (IReadOnlyList<VfioBackend> candidate in choice.Candidates(
            host, choice.IsForced || device.Node is not null, device.Group is not null, device.IsNoIommu))
        {
            var wish = new AddressSpaceOptions { AllowUnsafeNoIommu = device.IsNoIommu };
            try
            {
                return Open(function, device, options, wanted: null, () => AddressSpace.Create(host, candidate, wish));
            }
            catch (VfioException error) when (BackendOpener.IsAboutNodes(error))
            {
                first ??= error;
            }
        }

        throw first ?? BackendErrors.NothingSuits(choice, device.IsNoIommu);
    }

    private OpenedDevice Open(
        OpenFunction function, HostDevice device, VfioDeviceOptions options, AddressSpace? wanted, Func<AddressSpace> create)
    {
        SafeHandle? node = options.Node;
        IOpenGroup group = host.Groups.Acquire(
            device.OwnedUnit, wanted, create, (space, closed) => space.Iommu.OpenGroup(space, device, node, closed));
        try
        {
            return group.Space.Iommu.OpenDevice(function, device, group, new DeviceAccess(node, options.Token));
        }
        catch
        {
            group.Space.RemoveUser();
            throw;
        }
        finally
        {
            // The device holds the group from here on, or nobody does.
            group.RemoveReference();
        }
    }

    private BackendChoice Choose(VfioDeviceOptions options)
    {
        BackendChoice choice = BackendChoice.Of(options.Backend, host.Preference);
        return options.Node is { } node && !choice.IsForced
            ? new BackendChoice(IsGroup(node) ? _groupBackends : [VfioBackend.Iommufd], IsForced: false)
            : choice;
    }

    private unsafe bool IsGroup(SafeHandle node)
    {
        using var passed = new PassedLease(node);
        var status = new vfio_group_status { argsz = (uint)sizeof(vfio_group_status) };
        return host.Kernel.GetGroupStatus(passed.Fd, &status) >= 0;
    }
}
