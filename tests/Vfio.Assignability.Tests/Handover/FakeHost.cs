using System.Globalization;
using System.Text.Json.Nodes;

namespace Vfio.Assignability.Tests.Handover;

/// <summary>A host in a temporary folder, whose driver core is a <see cref="FakeWriter"/>.</summary>
internal sealed class FakeHost : IDisposable
{
    private readonly Dictionary<string, string> _ownDrivers = new(StringComparer.Ordinal);

    public FakeHost()
    {
        Root = Directory.CreateTempSubdirectory("vfio-handover-").FullName;
        Writer = new FakeWriter(this);
        Site = new HandoverSite(Root, () => HostTree.At(Root))
        {
            Uses = _ => Uses,
            Writer = limit =>
            {
                Limit = limit;
                return Writer;
            },
            LoadModule = (name, _) =>
            {
                Loaded.Add(name);
                if (!Loadable.Contains(name))
                {
                    return $"modprobe: FATAL: Module {name} not found";
                }

                AddDriver(name);
                return string.Empty;
            },
            IsOpenHere = address => OpenHere.Contains(address),
        };
        Directory.CreateDirectory(Paths.PciDevices);
        Directory.CreateDirectory(Paths.PciDrivers);
        File.WriteAllText(Paths.DriversProbe, string.Empty);
        WriteFile("proc/sys/kernel/random/boot_id", "6f1c\n");
        AddDriver("vfio-pci");
    }

    public string Root { get; }

    public HandoverSite Site { get; }

    public HostPaths Paths => Site.Paths;

    public SysfsPci Pci => Site.Pci;

    public FakeWriter Writer { get; }

    public FakeUses Uses { get; } = new();

    public HashSet<PciAddress> OpenHere { get; } = [];

    public HashSet<string> Loadable { get; } = new(StringComparer.Ordinal);

    public List<string> Loaded { get; } = [];

    /// <summary>The time limit that the last writer was made with.</summary>
    public TimeSpan Limit { get; private set; }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Adds a function; its driver is what the kernel gives it to by itself.</summary>
    public void AddFunction(string address, int? group = 7, string? driver = null, string classCode = "0x020000", string ids = "8086:100e")
    {
        string folder = Directory.CreateDirectory(Path.Combine(Paths.PciDevices, address)).FullName;
        Write(address, "vendor", $"0x{ids[..4]}");
        Write(address, "device", $"0x{ids[5..]}");
        Write(address, "class", classCode);
        Write(address, "driver_override", "(null)");
        if (group is { } id)
        {
            string number = id.ToString(CultureInfo.InvariantCulture);
            string members = Directory.CreateDirectory(Path.Combine(Paths.IommuGroups, number, "devices")).FullName;
            File.CreateSymbolicLink(Path.Combine(folder, "iommu_group"), $"../../../../kernel/iommu_groups/{number}");
            File.CreateSymbolicLink(Path.Combine(members, address), $"../../../../bus/pci/devices/{address}");
        }

        if (driver is not null)
        {
            _ownDrivers[address] = driver;
            AddDriver(driver);
            SetDriver(address, driver);
        }
    }

    /// <summary>Makes some functions the virtual ones of another, which end with its driver.</summary>
    public void AddVirtualFunctions(string physical, params string[] addresses)
    {
        Write(physical, "sriov_totalvfs", "7");
        for (int i = 0; i < addresses.Length; i++)
        {
            AddFunction(addresses[i], group: 20 + i);
            File.CreateSymbolicLink(Path.Combine(Paths.PciDevices, physical, $"virtfn{i}"), $"../{addresses[i]}");
            File.CreateSymbolicLink(Path.Combine(Paths.PciDevices, addresses[i], "physfn"), $"../{physical}");
        }
    }

    public void EndVirtualFunctions(string physical)
    {
        foreach (string link in Directory.GetFileSystemEntries(Path.Combine(Paths.PciDevices, physical), "virtfn*"))
        {
            Directory.Delete(Path.Combine(Paths.PciDevices, Path.GetFileName(new FileInfo(link).LinkTarget!)), recursive: true);
            File.Delete(link);
        }
    }

    public void AddDriver(string name, string? module = null)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Paths.PciDrivers, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "unbind"), string.Empty);
        if (module is not null)
        {
            File.CreateSymbolicLink(Path.Combine(folder, "module"), $"../../../../module/{module}");
        }
    }

    public void RemoveDriver(string name) => Directory.Delete(Path.Combine(Paths.PciDrivers, name), recursive: true);

    /// <summary>The driver that the kernel gives a function to by itself, or null.</summary>
    public string? OwnDriver(string address) => _ownDrivers.GetValueOrDefault(address);

    public void SetDriver(string address, string? driver)
    {
        string link = Path.Combine(Paths.PciDevices, address, "driver");
        File.Delete(link);
        if (driver is not null)
        {
            File.CreateSymbolicLink(link, $"../../drivers/{driver}");
        }
    }

    public void Write(string address, string attribute, string text)
        => File.WriteAllText(Path.Combine(Paths.PciDevices, address, attribute), text + "\n");

    public void WriteFile(string path, string text)
    {
        string file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Shows the process that a <see cref="FakeWriter.Hang"/> waits in.</summary>
    public void ShowWaiting(string state = "D")
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"proc/{FakeWriter.Waiting}");
        WriteFile($"{folder}/stat", $"{FakeWriter.Waiting} (d) d) {state} 1 {string.Join(' ', Enumerable.Range(5, 17))} 987654 22 23\n");
        WriteFile($"{folder}/comm", "dd\n");
        WriteFile($"{folder}/wchan", "vfio_unregister_group_dev");
        WriteFile($"{folder}/stack", "[<0>] vfio_unregister_group_dev+0x1b5/0x290 [vfio]\n[<0>] pci_device_remove+0x3b/0xb0\n");
    }

    /// <summary>Driver and override, as in <c>e1000 (null)</c>.</summary>
    public string State(string address)
        => $"{Pci.Driver(PciAddress.Parse(address)) ?? "-"} {Pci.Attribute(PciAddress.Parse(address), "driver_override")}";

    public string RecordFile(string address) => Path.Combine(Site.RecordFolder, address + ".json");

    public JsonObject? Record(string address)
        => File.Exists(RecordFile(address)) ? JsonNode.Parse(File.ReadAllText(RecordFile(address)))!.AsObject() : null;

    public HandoverResult Bind(params string[] addresses) => Bind(new BindOptions(), addresses);

    public HandoverResult Bind(BindOptions options, params string[] addresses)
        => DeviceHandover.Bind(Site, [.. addresses.Select(PciAddress.Parse)], options);

    public HandoverResult Restore(params string[] addresses) => Restore(new RestoreOptions(), addresses);

    public HandoverResult Restore(RestoreOptions options, params string[] addresses)
        => DeviceHandover.Restore(Site, [.. addresses.Select(PciAddress.Parse)], options);
}
