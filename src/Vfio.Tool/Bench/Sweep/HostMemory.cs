using System.Globalization;
using Vfio.Core;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>How much memory there is to map, and how much of it this process may lock.</summary>
/// <param name="Available">What the kernel reckons can be had without swapping, in bytes.</param>
/// <param name="LockLimit">How much more this process may lock, in bytes, or null for no limit.</param>
/// <param name="HasTransparent">Whether the kernel joins base pages into huge ones where it is asked to.</param>
/// <param name="Free2M">How many reserved pages of 2 MiB are free.</param>
/// <param name="Free1G">How many reserved pages of 1 GiB are free.</param>
internal sealed record HostMemory(long Available, long? LockLimit, bool HasTransparent, long Free2M, long Free1G)
{
    private const string HugePages = "/sys/kernel/mm/hugepages";
    private const int IpcLockCapability = 14;

    /// <summary>Looks at this machine and this process.</summary>
    public static HostMemory Read() => new(
        Kibibytes("/proc/meminfo", "MemAvailable:") ?? long.MaxValue,
        ReadLockLimit(),
        ReadText("/sys/kernel/mm/transparent_hugepage/enabled") is { } modes && !modes.Contains("[never]", StringComparison.Ordinal),
        ReadNumber($"{HugePages}/hugepages-2048kB/free_hugepages"),
        ReadNumber($"{HugePages}/hugepages-1048576kB/free_hugepages"));

    /// <summary>Why there are no pages of this kind at all, or null.</summary>
    public string? WhyMissing(DmaPageSize pages) => pages switch
    {
        DmaPageSize.Transparent when !HasTransparent => "the kernel joins no pages (/sys/kernel/mm/transparent_hugepage/enabled)",
        DmaPageSize.Huge2M when Free2M == 0 => $"none are free; reserve some in {HugePages}/hugepages-2048kB/nr_hugepages",
        DmaPageSize.Huge1G when Free1G == 0 => $"none are free; reserve some in {HugePages}/hugepages-1048576kB/nr_hugepages",
        _ => null,
    };

    /// <summary>How much memory can be had of a kind of pages, in bytes.</summary>
    public long AvailableOf(DmaPageSize pages) => pages switch
    {
        DmaPageSize.Huge2M => Free2M * PageNames.LengthOf(pages),
        DmaPageSize.Huge1G => Free1G * PageNames.LengthOf(pages),

        // The rest is for page tables, the kernel's books, and everybody else.
        _ => Available - Math.Min(Available / 8, 256L << 20),
    };

    private static long? ReadLockLimit()
    {
        string? capabilities = Field("/proc/self/status", "CapEff:");
        bool exempt = ulong.TryParse(capabilities, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong set)
            && (set >> IpcLockCapability & 1) != 0;
        string? soft = Field("/proc/self/limits", "Max locked memory")?.Split(' ')[0];
        return !exempt && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit)
            ? Math.Max(0, limit - (Kibibytes("/proc/self/status", "VmLck:") ?? 0))
            : null;
    }

    private static long? Kibibytes(string path, string name)
        => long.TryParse(Field(path, name)?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value * 1024
            : null;

    private static string? Field(string path, string name) => ReadText(path)?
        .Split('\n')
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
        .Trim();

    private static long ReadNumber(string path)
        => long.TryParse(ReadText(path)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
