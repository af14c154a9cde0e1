namespace Vfio.Tool.Tests.Groups;

/// <summary>A captured host of a few functions: a group of two of which one blocks, a reserved one, one without an IOMMU, and one in no group.</summary>
internal sealed class SmallHost : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("vfio-small-").FullName;

    public SmallHost()
    {
        Text("uname", "Linux 7.3.4 x86_64");
        Function("0000:00:02.0", "0x030000", "4", null);
        Function("0000:00:1f.0", "0x060100", null, "lpc_ich");
        Function("0000:03:01.0", "0x020000", "10", "e1000");
        Function("0000:03:02.0", "0x020000", "10", null);
        Function("0000:04:00.0", "0x010802", "11", "vfio-pci");
        Text("sys/kernel/iommu_groups/4/type", "DMA");
        Text("sys/kernel/iommu_groups/4/reserved_regions", "0x8d800000 0x8fffffff direct\n0xfee00000 0xfeefffff msi");
        Text("sys/kernel/iommu_groups/10/type", "DMA-FQ");
        Text("sys/kernel/iommu_groups/10/reserved_regions", string.Empty);
        Text("sys/kernel/iommu_groups/11/name", "vfio-noiommu");
        Text("sys/kernel/iommu_groups/11/type", "unknown");
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void Function(string address, string code, string? group, string? driver)
    {
        string folder = $"sys/bus/pci/devices/{address}";
        Text($"{folder}/class", code);
        Text($"{folder}/vendor", "0x8086");
        Text($"{folder}/device", "0x1234");
        if (group is not null)
        {
            _ = File.CreateSymbolicLink($"{Root}/{folder}/iommu_group", $"../../../../kernel/iommu_groups/{group}");
        }

        if (driver is not null)
        {
            _ = File.CreateSymbolicLink($"{Root}/{folder}/driver", $"../../drivers/{driver}");
        }
    }

    private void Text(string path, string text)
    {
        string file = $"{Root}/{path}";
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }
}
