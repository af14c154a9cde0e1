using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Opens a device by each back end that its host has.</summary>
internal static class KernelAsker
{
    public static IReadOnlyList<KernelAnswer> Ask(PciFunction device)
    {
        var kernel = new KernelFacts(device.Host.Tree);
        return [.. Backends(device).Select(backend => Open(device.Address, backend, AcceptsUnsafeInterrupts(kernel, backend)))];
    }

    private static bool AcceptsUnsafeInterrupts(KernelFacts kernel, VfioBackend backend)
        => kernel.IsOn(backend == VfioBackend.Iommufd ? "iommufd" : "vfio_iommu_type1", "allow_unsafe_interrupts") == true;

    private static IEnumerable<VfioBackend> Backends(PciFunction device)
    {
        HostTree tree = device.Host.Tree;
        bool noIommu = device.Group is { IsNoIommu: true } || device.VfioDevice?.StartsWith("noiommu-", StringComparison.Ordinal) == true;
        if (device.VfioDevice is { } name && tree.Exists("/dev/iommu") && tree.Exists($"/dev/vfio/devices/{name}"))
        {
            yield return VfioBackend.Iommufd;
        }

        if (device.Group is not null && tree.Exists("/dev/vfio/vfio"))
        {
            yield return noIommu ? VfioBackend.NoIommu : VfioBackend.Type1V2;
        }
    }

    private static KernelAnswer Open(PciAddress address, VfioBackend backend, bool acceptsUnsafeInterrupts)
    {
        try
        {
            // Whoever asks for proof of a device without isolation gets it: nothing is mapped, and nothing written.
            using var device = VfioDevice.Open(address, new VfioDeviceOptions { Backend = backend, AllowUnsafeNoIommu = true });
            return new KernelAnswer(backend, null, acceptsUnsafeInterrupts, device.IsIsolated, device.CanReset, HotReset(device));
        }
        catch (VfioException error)
        {
            return new KernelAnswer(backend, error, acceptsUnsafeInterrupts);
        }
    }

    private static HotResetInfo? HotReset(VfioDevice device)
    {
        try
        {
            return device.GetHotResetInfo();
        }
        catch (VfioException)
        {
            // That it cannot be asked is no answer about the device.
            return null;
        }
    }
}
