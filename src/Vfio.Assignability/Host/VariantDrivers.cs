using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The VFIO drivers for single families of devices, from the aliases of the kernel's modules.</summary>
internal sealed class VariantDrivers
{
    // As a driver says it: vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*
    private const string Prefix = "vfio_pci:";

    private readonly List<(string Pattern, string Module)> _aliases = [];

    private VariantDrivers(HostFact<string> file)
    {
        File = file;
        foreach (string line in (file.Value ?? string.Empty).Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 3 && words[0] == "alias" && words[1].StartsWith(Prefix, StringComparison.Ordinal))
            {
                _aliases.Add((words[1][Prefix.Length..], words[2]));
            }
        }
    }

    /// <summary>The file of aliases.</summary>
    public HostFact<string> File { get; }

    public static VariantDrivers Of(HostTree tree, KernelVersion kernel)
        => new(tree.ReadText($"/lib/modules/{kernel.Release.Value ?? "unknown"}/modules.alias"));

    /// <summary>The driver for a function: its name, and the alias that says so; null where there is none but vfio-pci.</summary>
    public (string Driver, string Alias)? For(PciFunction function)
    {
        if (!function.Vendor.IsKnown || !function.Device.IsKnown)
        {
            return null;
        }

        uint code = function.ClassCode;
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"v{function.VendorId:X8}d{function.DeviceId:X8}sv{function.SubsystemVendor.Value:X8}sd{function.SubsystemDevice.Value:X8}bc{(code >> 16) & 0xff:X2}sc{(code >> 8) & 0xff:X2}i{code & 0xff:X2}");
        foreach ((string pattern, string module) in _aliases)
        {
            if (module != "vfio_pci" && Matches(pattern, name))
            {
                return (DriverOf(module), Prefix + pattern);
            }
        }

        return null;
    }

    // A driver is called as its module in all of the kernel's but this one.
    private static string DriverOf(string module) => module == "xe_vfio_pci" ? "xe-vfio-pci" : module;

    // Stars alone stand for any text.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == '*')
            {
                pattern = pattern.TrimStart('*');
                int next = pattern.IndexOf('*');
                ReadOnlySpan<char> literal = next < 0 ? pattern : pattern[..next];
                if (next < 0)
                {
                    return name.EndsWith(literal, StringComparison.Ordinal);
                }

                int at = name.IndexOf(literal, StringComparison.Ordinal);
                if (at < 0)
                {
                    return false;
                }

                name = name[(at + literal.Length)..];
                pattern = pattern[literal.Length..];
            }
            else if (name.IsEmpty || name[0] != pattern[0])
            {
                return false;
            }
            else
            {
                name = name[1..];
                pattern = pattern[1..];
            }
        }

        return name.IsEmpty;
    }
}
