using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <content>The function's folder.</content>
internal sealed partial class FunctionBuilder
{
    private readonly Dictionary<int, (ulong Start, ulong Length, uint Flags)> _bars = [];

    private byte SecondaryBus => _below.Count > 0 ? BusNumber(_below[0].Bus) : (byte)0xfe;

    private byte SubordinateBus => _below.Select(static function => function.IsBridge ? function.SubordinateBus : BusNumber(function.Bus)).DefaultIfEmpty((byte)0xfe).Max();

    /// <summary>A BAR, or with index 6 the ROM, of memory.</summary>
    public FunctionBuilder Bar(int index, ulong start, ulong length)
    {
        _bars[index] = (start, length, index == 6 ? 0x46200u : 0x140204u);
        return this;
    }

    internal void Write(TreeFolder tree)
    {
        tree.LinkTo(Link, Folder);
        foreach ((string name, string? text) in Defaults().Where(one => !_attributes.ContainsKey(one.Name)).Concat(_attributes.Select(static one => (one.Key, one.Value))))
        {
            if (text is not null)
            {
                tree.Text($"{Folder}/{name}", text);
            }
        }

        tree.Bytes($"{Folder}/config", ConfigBytes());
        if (!Host.IsSparse)
        {
            tree.LinkTo($"{Folder}/subsystem", "/sys/bus/pci");
            WriteBars(tree);
        }

        WriteOwners(tree);
        WriteSriov(tree);
        foreach (string name in _attributes.Where(static one => one.Value is null).Select(static one => one.Key))
        {
            tree.Remove($"{Folder}/{name}");
        }
    }

    private static byte BusNumber(string bus) => byte.Parse(bus.AsSpan()[^2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private IEnumerable<(string Name, string? Text)> Defaults()
        => Host.IsSparse ? Identity().Concat(ResetAttributes()) : Identity().Concat(ResetAttributes()).Concat(OtherAttributes()).Concat(IsBridge ? BridgeAttributes() : []);

    private IEnumerable<(string Name, string? Text)> Identity() =>
    [
        ("vendor", $"0x{Vendor:x4}"),
        ("device", $"0x{DeviceId:x4}"),
        ("class", $"0x{Class:x6}"),
        ("driver_override", "(null)"),
    ];

    private IEnumerable<(string Name, string? Text)> ResetAttributes()
    {
        string methods = _attributes.TryGetValue("reset_method", out string? said) ? said ?? string.Empty : ResetMethods();
        return methods.Length == 0 ? [] : [("reset_method", Host.HasKernel(5, 15) ? methods : null), ("reset", string.Empty)];
    }

    private IEnumerable<(string Name, string? Text)> OtherAttributes() =>
    [
        ("subsystem_vendor", $"0x{(IsBridge ? 0 : Vendor):x4}"),
        ("subsystem_device", IsBridge ? "0x0000" : "0x0001"),
        ("revision", "0x01"),
        ("modalias", $"pci:v{Vendor:X8}d{DeviceId:X8}sv{Vendor:X8}sd00000001bc{Class >> 16:X2}sc{(Class >> 8) & 0xff:X2}i{Class & 0xff:X2}"),
        ("irq", PhysicalFunction is null ? "16" : "0"),
        ("msi_bus", "1"),
        ("enable", DriverName is null ? "0" : "1"),
        ("numa_node", "-1"),
        ("local_cpulist", "0-1"),
        ("dma_mask_bits", "64"),
        ("ari_enabled", "0"),
        ("power_state", "D0"),
        ("d3cold_allowed", "1"),
        ("power/control", "on"),
        ("power/runtime_status", "active"),
        ("boot_vga", Class >> 8 == 0x0300 ? "0" : null),
    ];

    private IEnumerable<(string Name, string? Text)> BridgeAttributes() =>
    [
        ("secondary_bus_number", SecondaryBus.ToString(CultureInfo.InvariantCulture)),
        ("subordinate_bus_number", SubordinateBus.ToString(CultureInfo.InvariantCulture)),
        ("reset_subordinate", string.Empty),
    ];

    // As the kernel finds them when it adds the function: "bus" also for the first of several on a bus.
    private string ResetMethods()
    {
        bool isFirst = _above is { IsBridge: true } && _above._below.First(function => function.Bus == Bus) == this;
        return string.Join(' ', new[]
        {
            HasFlr ? "flr" : null,
            HasAfFlr ? "af_flr" : null,
            HasPmReset ? "pm" : null,
            isFirst && !IsBridge && PhysicalFunction is null ? "bus" : null,
        }.OfType<string>());
    }

    private void WriteBars(TreeFolder tree)
    {
        if (_bars.Count == 0 && !IsBridge)
        {
            _ = Bar(0, 0xa000_0000ul + (0x10_0000ul * (ulong)Host.Functions.ToList().IndexOf(this)), 0x4000);
        }

        var lines = new List<string>();
        for (int i = 0; i < (IsBridge ? 17 : 13); i++)
        {
            (ulong start, ulong length, uint flags) = _bars.GetValueOrDefault(i);
            lines.Add($"0x{start:x16} 0x{(length == 0 ? 0 : start + length - 1):x16} 0x{flags:x16}");
            if (length > 0)
            {
                tree.Text(i == 6 ? $"{Folder}/rom" : string.Create(CultureInfo.InvariantCulture, $"{Folder}/resource{i}"), string.Empty);
            }
        }

        tree.Text($"{Folder}/resource", string.Join('\n', lines));
    }

    private void WriteOwners(TreeFolder tree)
    {
        if (DriverName is { } driver)
        {
            tree.LinkTo($"{Folder}/driver", $"{HostTreeBuilder.PciDrivers}/{driver}");
            tree.LinkTo($"{HostTreeBuilder.PciDrivers}/{driver}/{Address}", Folder);
        }

        if (VfioNumber is { } number && Host.HasKernel(6, 1))
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{(IsNoIommu ? "noiommu-" : string.Empty)}vfio{number}");
            tree.Text($"{Folder}/vfio-dev/{name}/dev", string.Create(CultureInfo.InvariantCulture, $"510:{number}"));
            if (Host.HasKernel(6, 6))
            {
                tree.Text($"/dev/vfio/devices/{name}", string.Empty);
            }
        }

        if (HasGroup)
        {
            tree.LinkTo($"{Folder}/iommu_group", string.Create(CultureInfo.InvariantCulture, $"/sys/kernel/iommu_groups/{GroupNumber}"));
        }

        if (HasGroup && !IsNoIommu && Host.IommuName is { } iommu)
        {
            tree.LinkTo($"{Folder}/iommu", $"/sys/devices/virtual/iommu/{iommu}");
            tree.LinkTo($"/sys/devices/virtual/iommu/{iommu}/devices/{Address}", Folder);
        }
    }
}
