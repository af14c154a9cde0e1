using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <content>What the host itself uses: block devices, mounts, swap, routes, processes.</content>
internal sealed partial class HostTreeBuilder
{
    private readonly Dictionary<string, (string Folder, string Number)> _blocks = new(StringComparer.Ordinal);
    private int _blockNumber;

    /// <summary>A device-mapper device, such as an encrypted or a logical volume, on others.</summary>
    /// <param name="name">Its name, such as <c>dm-0</c>.</param>
    /// <param name="title">What it is called in /dev/mapper.</param>
    /// <param name="on">The block devices that it is made of.</param>
    public HostTreeBuilder DeviceMapper(string name, string title, params string[] on) => Also(tree =>
    {
        WriteBlock(tree, "/sys/devices/virtual/block", name);
        tree.Text($"/sys/devices/virtual/block/{name}/dm/name", title);
        tree.Link($"/dev/mapper/{title}", $"../{name}");
        Stack(tree, name, on);
    });

    /// <summary>A RAID on other block devices.</summary>
    public HostTreeBuilder Raid(string name, params string[] on) => Also(tree =>
    {
        WriteBlock(tree, "/sys/devices/virtual/block", name);
        tree.Text($"/sys/devices/virtual/block/{name}/md/level", "raid1");
        Stack(tree, name, on);
    });

    /// <summary>A mounted file system of a block device.</summary>
    public HostTreeBuilder Mount(string block, string where, string type = "ext4") => Also(tree
        => Append(tree, "/proc/self/mountinfo", $"{30 + where.Length} 21 {_blocks[block].Number} / {where} rw,relatime shared:9 - {type} {Node(block)} rw"));

    /// <summary>A block device that the host swaps to.</summary>
    public HostTreeBuilder Swap(string block) => Also(tree => Append(tree, "/proc/swaps", $"{Node(block),-40}partition\t8388604\t0\t-2"));

    /// <summary>The default route leads through an interface.</summary>
    public HostTreeBuilder DefaultRoute(string name) => Also(tree
        => Append(tree, "/proc/net/route", $"{name}\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0"));

    /// <summary>The default route of IPv6 leads through an interface.</summary>
    public HostTreeBuilder DefaultRouteV6(string name) => Also(tree => Append(
        tree,
        "/proc/net/ipv6_route",
        $"00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 {name,8}"));

    /// <summary>A bond, bridge or VLAN over other interfaces.</summary>
    public HostTreeBuilder NetworkOver(string name, params string[] lower) => Also(tree =>
    {
        string folder = $"/sys/devices/virtual/net/{name}";
        WriteNetwork(tree, folder);
        foreach (string one in lower)
        {
            string below = Real(tree, $"/sys/class/net/{one}");
            tree.LinkTo($"{folder}/lower_{one}", below);
            tree.LinkTo($"{below}/upper_{name}", folder);
            tree.LinkTo($"{below}/master", folder);
        }

        tree.Text($"{folder}/bonding/slaves", string.Join(' ', lower));
    });

    /// <summary>A process with nodes open.</summary>
    public HostTreeBuilder Process(int id, string name, params string[] open) => Also(tree =>
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        tree.Text($"{folder}/comm", name);
        tree.Link($"{folder}/fd/0", "/dev/null");
        for (int i = 0; i < open.Length; i++)
        {
            tree.Link(string.Create(CultureInfo.InvariantCulture, $"{folder}/fd/{i + 3}"), open[i]);
        }
    });

    /// <summary>Ranges of /proc/iomem, as it prints them, such as <c>  e0000000-e07effff : BOOTFB</c>.</summary>
    public HostTreeBuilder Iomem(params string[] lines) => Also(tree => Append(tree, "/proc/iomem", string.Join('\n', lines)));

    /// <summary>A block device with its partitions, in a folder of the tree of devices.</summary>
    internal void WriteBlock(TreeFolder tree, string parent, string name, params string[] partitions)
    {
        string folder = $"{parent}/{name}";
        WriteBlockFolder(tree, folder, name);
        tree.LinkTo($"/sys/block/{name}", folder);
        for (int i = 0; i < partitions.Length; i++)
        {
            WriteBlockFolder(tree, $"{folder}/{partitions[i]}", partitions[i]);
            tree.Text($"{folder}/{partitions[i]}/partition", (i + 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    internal static void WriteNetwork(TreeFolder tree, string folder)
    {
        tree.Text($"{folder}/address", "02:00:00:00:00:01");
        tree.Text($"{folder}/operstate", "up");
        tree.Text($"{folder}/ifindex", "2");
        tree.LinkTo($"{folder}/subsystem", "/sys/class/net");
        tree.LinkTo($"/sys/class/net/{Path.GetFileName(folder)}", folder);
    }

    private void WriteBlockFolder(TreeFolder tree, string folder, string name)
    {
        string number = name.StartsWith("dm-", StringComparison.Ordinal) ? $"253:{_blockNumber++}"
            : name.StartsWith("md", StringComparison.Ordinal) ? $"9:{_blockNumber++}" : $"259:{_blockNumber++}";
        _blocks[name] = (folder, number);
        tree.Text($"{folder}/dev", number);
        tree.Text($"{folder}/size", "2048000");
        tree.Text($"{folder}/uevent", $"DEVNAME={name}");
        tree.Folder($"{folder}/holders");
        tree.Folder($"{folder}/slaves");
        tree.LinkTo($"{folder}/subsystem", "/sys/class/block");
        tree.LinkTo($"/sys/class/block/{name}", folder);
        tree.LinkTo($"/sys/dev/block/{number}", folder);
        tree.Text($"/dev/{name}", string.Empty);
    }

    private void Stack(TreeFolder tree, string name, string[] on)
    {
        foreach (string below in on)
        {
            tree.LinkTo($"{_blocks[name].Folder}/slaves/{below}", _blocks[below].Folder);
            tree.LinkTo($"{_blocks[below].Folder}/holders/{name}", _blocks[name].Folder);
        }
    }

    // As mounts and swaps name it: a device-mapper device by its title.
    private string Node(string block) => File.Exists(_tree.Physical($"{_blocks[block].Folder}/dm/name"))
        ? $"/dev/mapper/{File.ReadAllText(_tree.Physical($"{_blocks[block].Folder}/dm/name")).TrimEnd()}"
        : $"/dev/{block}";

    private static string Real(TreeFolder tree, string link)
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(link)!, new FileInfo(tree.Physical(link)).LinkTarget!));

    private static void Append(TreeFolder tree, string path, string lines) => File.AppendAllText(tree.Physical(path), lines + "\n");
}
