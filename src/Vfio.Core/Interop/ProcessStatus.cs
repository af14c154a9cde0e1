using System.Globalization;

namespace Vfio.Core;

/// <summary>What <c>/proc/self/status</c> tells of this process.</summary>
internal static class ProcessStatus
{
    private const int IpcLockCapability = 14;

    /// <summary>The memory that is locked, in bytes.</summary>
    public static ulong LockedMemory
        => Field("VmLck:") is [.. var number, 'k', 'B']
            && ulong.TryParse(number, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out ulong kibibytes)
            ? kibibytes * 1024
            : 0;

    /// <summary>Whether the process may lock memory above the limit.</summary>
    public static bool MayLockMemory
        => ulong.TryParse(Field("CapEff:"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong capabilities)
            && (capabilities >> IpcLockCapability & 1) != 0;

    private static string? Field(string name)
    {
        try
        {
            return File.ReadLines("/proc/self/status")
                .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..]
                .Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
