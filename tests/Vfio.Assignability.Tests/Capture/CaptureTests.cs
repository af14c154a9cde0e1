namespace Vfio.Assignability.Tests;

public sealed class CaptureTests
{
    [Fact]
    public void A_captured_host_captured_again_is_the_same()
    {
        using HostTreeBuilder host = RichHost.Create();
        using var captured = new CapturedTree(host.Build().Tree);
        using var again = new CapturedTree(HostTree.At(captured.Root));

        Assert.Equal(captured.Entries, again.Entries);
        Assert.Equal((captured.Summary.Files, captured.Summary.Links), (again.Summary.Files, again.Summary.Links));
        Assert.Equal(8, captured.Summary.Functions);
    }

    [Fact]
    public void This_host_can_be_captured_and_so_can_the_capture()
    {
        using var captured = new CapturedTree(HostTree.Local);
        using var again = new CapturedTree(HostTree.At(captured.Root));

        Assert.Equal(captured.Entries, again.Entries);
        Assert.Equal(PciFunction.ReadAll().Select(static function => function.Address), captured.Host().Functions.Select(static function => function.Address));
        Assert.Matches("^Linux [^ ]+ [^ ]+\n$", captured.Text("/uname"));
    }

    [Fact]
    public void What_could_not_be_read_stays_unknown_with_its_reason()
    {
        using var host = new HostTreeBuilder();
        _ = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Flr().Driver("vfio-pci");
        _ = host.Process(7, "other").Text("/proc/7/stat", "7 (secret ) name) S 1 7 7 0")
            .Text(
                "/unreadable",
                "/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/config\tEACCES 13, Permission denied\n/proc/7/fd\tEACCES 13, Permission denied\n/proc/1/mountinfo\n")
            .Text("/proc/1/mountinfo", string.Empty);
        PciHost before = host.Build();
        using var captured = new CapturedTree(before.Tree);
        HostTree tree = captured.Host().Tree;

        Assert.Equal("EACCES 13, Permission denied", captured.Host().Functions[^1].Config.Problem);
        Assert.Equal("EACCES 13, Permission denied", tree.List("/proc/7/fd").Problem);
        Assert.Equal("could not be read when the tree was captured", tree.ReadText("/proc/1/mountinfo").Problem);
        Assert.Equal("7 () S 1", tree.ReadText("/proc/7/stat").Value);
        Assert.Equal(3, captured.Summary.Unreadable.Count);
        Assert.Equal(
            DeviceInspector.Inspect(before, PciAddress.Parse("0000:01:00.0")).Unknown,
            captured.Inspect("0000:01:00.0").Unknown);
    }

    [Fact]
    public void Files_that_do_something_are_there_and_were_not_read()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder device = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Flr().Bar(6, 0xd000_0000, 0x10000);
        _ = device.Under(tree => tree.Text($"{device.Folder}/rom", "contents"));
        using var captured = new CapturedTree(host.Build().Tree);

        Assert.Empty(captured.Text($"{device.Folder}/rom"));
        Assert.Empty(captured.Text($"{device.Folder}/reset"));
        Assert.DoesNotContain(captured.Entries.Keys, static name => name.EndsWith("/resource0", StringComparison.Ordinal) || name.EndsWith("/enable", StringComparison.Ordinal) || name.EndsWith("/vpd", StringComparison.Ordinal));
    }

    [Fact]
    public void The_kernels_options_stay_where_the_host_has_them()
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write("CONFIG_VFIO=y\nCONFIG_DEFAULT_HOSTNAME=\"alice\"\n# CONFIG_IOMMUFD is not set\nCONFIG_EXT4_FS=y\n"u8);
        }

        using var host = new HostTreeBuilder();
        _ = host.Without("/boot/config-7.3.4").Bytes("/proc/config.gz", packed.ToArray());
        using var captured = new CapturedTree(host.Build().Tree);
        using var again = new CapturedTree(HostTree.At(captured.Root));

        using var unpacked = new StreamReader(new System.IO.Compression.GZipStream(File.OpenRead(captured.Root + "/proc/config.gz"), System.IO.Compression.CompressionMode.Decompress));
        Assert.Equal("CONFIG_VFIO=y\n# CONFIG_IOMMUFD is not set\n", unpacked.ReadToEnd());
        Assert.Equal(captured.Entries, again.Entries);
    }

    [Fact]
    public void A_host_with_nothing_and_one_with_nonsense_can_be_captured()
    {
        using var folder = new TreeFolder();
        using var empty = new CapturedTree(HostTree.At(folder.Root));
        Assert.Empty(empty.Entries);

        using HostTreeBuilder host = RichHost.Create();
        _ = host.Link("/sys/class/net/loop", "loop")
            .Link("/sys/class/drm/card9", "../../../../../../../../etc")
            .Link("/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/driver", "/home/alice")
            .Text("/sys/kernel/iommu_groups/x\ny/type", "DMA")
            .Bytes("/proc/self/mountinfo", 0xff, 0xfe, 0, 10, 32, 32, 10)
            .Bytes("/proc/config.gz", 0x1f, 0x8b, 8, 0, 1, 2, 3)
            .Without("/boot/config-7.3.4")
            .Text("/proc/swaps", "x")
            .Text("/unreadable", "no path\n/\n\n\t\n");
        using var captured = new CapturedTree(host.Build().Tree);
        using var again = new CapturedTree(HostTree.At(captured.Root));

        Assert.Equal(captured.Entries, again.Entries);
        Assert.DoesNotContain(captured.Entries, static entry => entry.Key.Contains('\n', StringComparison.Ordinal));
        Assert.All(
            captured.Entries.Where(static entry => entry.Value.StartsWith("-> ", StringComparison.Ordinal) && !entry.Key.Contains("/fd/", StringComparison.Ordinal)),
            static entry => Assert.False(Path.IsPathRooted(entry.Value[3..]), entry.Key));
    }

    [Fact]
    public void Only_a_folder_that_is_empty_or_new_is_written_to()
    {
        using var source = new TreeFolder();
        source.Text("/uname", "Linux 7.3.4 x86_64");
        HostTree tree = HostTree.At(source.Root);
        using var target = new TreeFolder();
        target.Folder("/empty");
        target.Text("/full/file", "mine");
        target.Text("/file", "mine");
        target.Link("/dangling", "nowhere");

        _ = HostCapture.Write(tree, target.Physical("/empty"));
        _ = HostCapture.Write(tree, target.Physical("/new/"));

        Assert.Equal("Linux 7.3.4 x86_64\n", File.ReadAllText(target.Physical("/empty/uname")));
        Assert.Equal("Linux 7.3.4 x86_64\n", File.ReadAllText(target.Physical("/new/uname")));
        foreach ((string folder, string problem) in new[]
            {
                ("/full", "is not empty"), ("/empty", "is not empty"), ("/file", "is a file"), ("/dangling", "is a file"), ("/missing/new", "there is no folder"),
            })
        {
            IOException error = Assert.Throws<IOException>(() => HostCapture.Write(tree, target.Physical(folder)));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["dangling", "empty", "file", "full", "new"], new DirectoryInfo(target.Root).EnumerateFileSystemInfos().Select(static entry => entry.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(target.Physical("/full")).Select(Path.GetFileName), StringComparer.Ordinal);
    }
}
