using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Vfio.Assignability;

/// <summary>Captures what the kernel was built with, and the modules that have to do with VFIO.</summary>
internal sealed partial class ModuleCapture(CaptureWriter writer)
{
    // These patterns take little time whatever they are given. A limit would be met by a slow machine only.
    private const int NoLimit = Timeout.Infinite;

    // Far more than any kernel's is, and an end to one that is made to have none.
    private const int MaxConfig = 4 << 20;

    public void Write()
    {
        foreach (string module in writer.Source.Names("/sys/module").Where(static name => Wanted().IsMatch(name)))
        {
            string path = $"/sys/module/{module}";
            _ = writer.Folder(path);
            writer.Copy($"{path}/refcnt");
            writer.Copy($"{path}/initstate");
            foreach (string parameter in writer.Source.Names($"{path}/parameters"))
            {
                writer.Copy($"{path}/parameters/{parameter}");
            }
        }

        if (writer.Source.ReadText("/proc/sys/kernel/osrelease").Value is { Length: > 0 } release && !release.Contains('/', StringComparison.Ordinal))
        {
            WriteConfig($"/boot/config-{release}");
            string folder = $"/lib/modules/{release}";
            writer.CopyText($"{folder}/modules.alias", static text => Keep(text, static line => line.StartsWith("alias vfio_pci:", StringComparison.Ordinal)));
            writer.CopyText($"{folder}/modules.builtin", static text => Keep(text, Wanted().IsMatch));
            writer.CopyText($"{folder}/modules.dep", static text => Keep(text, Wanted().IsMatch));
        }
    }

    // Where the host has it, because that is what a report names.
    private void WriteConfig(string path)
    {
        const string Running = "/proc/config.gz";
        if (writer.Source.Exists(path))
        {
            writer.CopyText(path, FilterConfig);
        }
        else if (writer.Source.Exists(Running) && writer.Read(Running) is { } packed && Unpack(packed) is { } text)
        {
            writer.Write(Running, Pack(FilterConfig(text)));
        }
    }

    private static byte[] Pack(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.ASCII.GetBytes(text));
        }

        return packed.ToArray();
    }

    private static string? Unpack(byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var reader = new StreamReader(gzip, Encoding.UTF8);
            char[] text = new char[MaxConfig];
            return new string(text, 0, reader.ReadBlock(text));
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return null;
        }
    }

    // Symbols that are on, off or modules. Texts are names of hosts, keys and compilers.
    private static string FilterConfig(string text) => Keep(text, static line => Symbol().IsMatch(line) && WantedSymbol().IsMatch(line));

    private static string Keep(string text, Func<string, bool> isWanted) => TextLines.Join(TextLines.Of(text).Where(isWanted));

    [GeneratedRegex("vfio|iommu|irqbypass|mdev|pci.?stub|^kvm|vendor.reset|/kvm", RegexOptions.CultureInvariant, NoLimit)]
    private static partial Regex Wanted();

    [GeneratedRegex(
        @"^(CONFIG_[A-Z0-9_]+=[ymn]|# CONFIG_[A-Z0-9_]+ is not set)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        NoLimit)]
    private static partial Regex Symbol();

    [GeneratedRegex(
        "VFIO|IOMMU|SMMU|IRQ_REMAP|PCI|IOV|KVM|VGA|SYSFB|CONFIG_FB|SIMPLEDRM|EFIDRM|VESADRM|LOCKDOWN|P2PDMA|MDEV|DEVMEM|IKCONFIG",
        RegexOptions.CultureInvariant,
        NoLimit)]
    private static partial Regex WantedSymbol();
}
