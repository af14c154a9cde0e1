using System.Text.RegularExpressions;

namespace Vfio.Native.Tests;

/// <summary>A class of constants, with the C headers that a C programmer would include for them.</summary>
internal sealed class HeaderUnit(Type constants, params string[] headers)
{
    private readonly Lazy<string> _text = new(() => Gcc.Preprocess(Include(headers)));

    public static IReadOnlyList<HeaderUnit> All { get; } =
    [
        new(typeof(VfioUapi), "linux/vfio.h"),
        new(typeof(IommufdUapi), "linux/iommufd.h"),
        new(typeof(PciRegs), "asm/bitsperlong.h", "linux/const.h", "linux/bits.h", "linux/pci_regs.h"),
        new(typeof(Errno), "errno.h"),
        new(
            typeof(Libc),
            "fcntl.h",
            "linux/memfd.h",
            "linux/mman.h",
            "poll.h",
            "sys/epoll.h",
            "sys/eventfd.h",
            "sys/ioctl.h",
            "sys/mman.h",
            "sys/resource.h",
            "sys/socket.h",
            "unistd.h"),
    ];

    public Type Constants => constants;

    public string Includes => Include(headers);

    /// <summary>The header itself, for those units that bind a whole one.</summary>
    public string MainHeader => headers[^1];

    /// <summary>"struct name", "union name" or "enum name", as the headers define it, or null.</summary>
    public string? FindTag(string name)
    {
        Match match = Regex.Match(
            _text.Value,
            $@"\b(?<tag>struct|union|enum)\s+{Regex.Escape(name)}\s*\{{",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5));
        return match.Success ? $"{match.Groups["tag"].Value} {name}" : null;
    }

    private static string Include(string[] headers) =>
        "#include <stddef.h>\n" + string.Concat(headers.Select(header => $"#include <{header}>\n"));
}
