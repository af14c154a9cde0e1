using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What the caller may do: the process that asks, or the one that captured the tree.</summary>
internal sealed class CallerFacts
{
    // include/uapi/linux/capability.h
    private const int IpcLock = 14;

    private CallerFacts(HostFact<string> status, HostFact<string> limits)
    {
        Status = status;
        Limits = limits;
        Capabilities = Line(status.Value, "CapEff:") is { } mask && ulong.TryParse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : null;
        UserId = Line(status.Value, "Uid:")?.Split('\t', ' ') is { Length: > 1 } ids && int.TryParse(ids[1], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
        LockedMemory = LimitLine(limits.Value);
    }

    public HostFact<string> Status { get; }

    public HostFact<string> Limits { get; }

    /// <summary>The effective user, or null where it is not known.</summary>
    public int? UserId { get; }

    public ulong? Capabilities { get; }

    /// <summary>Whether the caller may lock any amount of memory; null where it is not known.</summary>
    public bool? MayLockAnything => Capabilities is { } mask ? ((mask >> IpcLock) & 1) != 0 : null;

    /// <summary>How many bytes the caller may lock: now, and what it could raise that to; -1 for any number; null where it is not known.</summary>
    public (long Soft, long Hard)? LockedMemory { get; }

    /// <summary>The line of the limit, as evidence.</summary>
    public string? LimitsLine => Line(Limits.Value, "Max locked memory") is { } rest ? $"Max locked memory {rest}" : null;

    /// <summary>The line of the capabilities, as evidence.</summary>
    public string? CapabilitiesLine => Line(Status.Value, "CapEff:") is { } rest ? $"CapEff: {rest}" : null;

    public static CallerFacts Of(HostTree tree) => new(tree.ReadText("/proc/self/status"), tree.ReadText("/proc/self/limits"));

    private static string? Line(string? text, string name) => (text ?? string.Empty).Split('\n')
        .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();

    private static (long Soft, long Hard)? LimitLine(string? text)
    {
        string[] words = (Line(text, "Max locked memory") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 2 && Bytes(words[0]) is { } soft && Bytes(words[1]) is { } hard ? (soft, hard) : null;
    }

    private static long? Bytes(string word)
        => word == "unlimited" ? -1 : long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : null;
}
