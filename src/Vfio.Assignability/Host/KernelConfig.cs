using System.IO.Compression;
using System.Text;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The options that a host's kernel was built with, where it says.</summary>
internal sealed class KernelConfig
{
    private const int MaxLength = 8 << 20;

    private readonly Dictionary<string, string>? _options;

    private KernelConfig(string? path, string? text)
    {
        Path = path;
        if (text is null || !text.Contains("CONFIG_", StringComparison.Ordinal))
        {
            return;
        }

        _options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("CONFIG_", StringComparison.Ordinal) && line.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            {
                _options[line[7..at]] = line[(at + 1)..].Trim();
            }
        }
    }

    /// <summary>The file that says, or null.</summary>
    public string? Path { get; }

    /// <summary>Whether the options are known.</summary>
    public bool IsKnown => _options is not null;

    public static KernelConfig Of(HostTree tree, KernelVersion kernel)
    {
        if (kernel.Release.Value is { } release && !release.Contains('/', StringComparison.Ordinal))
        {
            string path = $"/boot/config-{release}";
            if (tree.ReadText(path) is { IsKnown: true, Value: { } text })
            {
                return new KernelConfig(path, text);
            }
        }

        HostFact<byte[]> packed = tree.ReadBytes("/proc/config.gz", MaxLength);
        return new KernelConfig(packed.Path, packed.IsKnown ? Unpack(packed.Value) : null);
    }

    /// <summary>Whether an option, given without its prefix, is in the kernel or a module of it; null where that is not known.</summary>
    public bool? Has(string option) => _options is null ? null : _options.TryGetValue(option, out string? value) && value is "y" or "m";

    private static string? Unpack(byte[] packed)
    {
        try
        {
            using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            byte[] buffer = new byte[MaxLength];
            int length = stream.ReadAtLeast(buffer, MaxLength, throwOnEndOfStream: false);
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            return null;
        }
    }
}
