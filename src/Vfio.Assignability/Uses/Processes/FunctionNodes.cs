using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The nodes through which processes may have a function open.</summary>
internal static class FunctionNodes
{
    private const string NvidiaNodes = "/dev/nvidia";

    /// <summary>Whether its driver makes nodes that sysfs does not know.</summary>
    public static bool IsNvidia(PciFunction function) => function.Driver is "nvidia" or "nvidia-drm" or "nvidia_drm";

    /// <summary>VFIO's nodes of a function: that of its group, and its own.</summary>
    public static IEnumerable<string> OfVfio(PciFunction function)
    {
        if (function.GroupLink.Value is { } group)
        {
            yield return $"/dev/vfio/{group}";
            yield return $"/dev/vfio/noiommu-{group}";
        }

        if (function.VfioDevice is { } device)
        {
            yield return $"/dev/vfio/devices/{device}";
        }
    }

    /// <summary>The nodes of what drivers offer on a function, and of the block devices that are made of it.</summary>
    public static IEnumerable<string> OfDrivers(FunctionDevices devices, BlockStack stack, OpenNodes open)
    {
        HostTree tree = devices.Function.Host.Tree;
        return devices.All.Select(device => DeviceNodes.Of(tree, device)).OfType<string>()
            .Concat(stack.Names.Select(DeviceNodes.OfBlock))
            .Concat(OfGraphics(devices.Function, open))
            .Distinct(StringComparer.Ordinal);
    }

    // Drivers whose nodes sysfs does not put beneath the function.
    private static IEnumerable<string> OfGraphics(PciFunction function, OpenNodes open)
    {
        if (function.Driver == "amdgpu")
        {
            return ["/dev/kfd"];
        }

        if (!IsNvidia(function))
        {
            return [];
        }

        const string Key = "Device Minor:";
        string? minor = function.Host.Tree.ReadText($"/proc/driver/nvidia/gpus/{function}/information").Value?
            .Split('\n')
            .FirstOrDefault(static line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..].Trim();

        // Nodes that are one card's have its number; the others are for all cards.
        return open.Nodes.Where(node => node.StartsWith(NvidiaNodes, StringComparison.Ordinal)
            && (minor is null || node == NvidiaNodes + minor || !char.IsAsciiDigit(node.ElementAtOrDefault(NvidiaNodes.Length))));
    }
}
