using System.Globalization;

namespace Vfio.Core;

/// <summary>Where a function sits, from its folder in the tree of devices, or where that does not say, from the numbers of buses.</summary>
internal sealed record PciPlace(string? DevicePath, PciAddress? Upstream, bool? IsOnRootBus, PciAddress? DomainOwner)
{
    private const string DevicesRoot = "/sys/devices/";

    public static PciPlace Of(PciFunction function)
    {
        string? path = function.Host.Tree.RealPath(function.Path) ?? function.Host.LinkedPath(function);
        return path is not null && path.StartsWith(DevicesRoot, StringComparison.Ordinal)
            ? FromPath(path)
            : FromBuses(function);
    }

    // Such as /sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0.
    private static PciPlace FromPath(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        PciAddress? upstream = null;
        PciAddress? owner = null;
        bool? onRootBus = null;
        for (int i = names.Length - 2; i >= 0; i--)
        {
            bool isRoot = IsRootBus(names[i]);
            if (i == names.Length - 2)
            {
                onRootBus = isRoot ? true : PciAddress.TryParse(names[i], out PciAddress bridge) ? (upstream = bridge) is null : null;
            }

            if (isRoot)
            {
                owner = i > 0 && PciAddress.TryParse(names[i - 1], out PciAddress behind) ? behind : null;
                break;
            }
        }

        return new PciPlace(path, upstream, onRootBus, owner);
    }

    private static PciPlace FromBuses(PciFunction function)
    {
        PciAddress address = function.Address;
        PciFunction? bridge = function.Host.BridgeTo(address.Domain, address.Bus);
        return new PciPlace(null, bridge?.Address, bridge is not null ? false : address.Bus == 0 ? true : null, null);
    }

    // pciDDDD:BB
    private static bool IsRootBus(ReadOnlySpan<char> name)
    {
        if (!name.StartsWith("pci", StringComparison.Ordinal))
        {
            return false;
        }

        name = name[3..];
        int colon = name.IndexOf(':');
        return colon >= 4
            && uint.TryParse(name[..colon], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            && byte.TryParse(name[(colon + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
    }
}
