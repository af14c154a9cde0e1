using System.Globalization;

namespace Vfio.Device.Tests.Soak;

/// <summary>What a process holds of the kernel's: descriptors, by what is behind them, and memory that is locked or pinned.</summary>
internal sealed class ProcessUse
{
    private readonly Dictionary<string, long> _amounts;

    private ProcessUse(Dictionary<string, long> amounts) => _amounts = amounts;

    /// <summary>What it holds now, when everything that was forgotten has been given back.</summary>
    public static ProcessUse Read()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var amounts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (KindOf(entry) is { } kind)
            {
                amounts[kind] = amounts.GetValueOrDefault(kind) + 1;
            }
        }

        foreach (string line in File.ReadLines("/proc/self/status").Where(static line => line.StartsWith("VmLck:", StringComparison.Ordinal)
            || line.StartsWith("VmPin:", StringComparison.Ordinal)))
        {
            string[] words = line.Split([':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            amounts[$"{words[0]} kB"] = long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        return new ProcessUse(amounts);
    }

    /// <summary>
    /// What it holds more of than before, after waiting for that to go: the runtime opens and closes files of its own beside the tests.
    /// </summary>
    public static string Growth(ProcessUse before)
    {
        string growth = string.Empty;
        for (int i = 0; i < 50; i++)
        {
            growth = string.Join(", ", Read()._amounts
                .Where(it => it.Value > before._amounts.GetValueOrDefault(it.Key))
                .Select(it => string.Create(CultureInfo.InvariantCulture, $"{it.Key}: {before._amounts.GetValueOrDefault(it.Key)} before, {it.Value} now")));
            if (growth.Length == 0)
            {
                break;
            }

            Thread.Sleep(100);
        }

        return growth;
    }

    // Pipes and sockets have numbers; the folder that is being read here has the process's. Null for one that was just closed.
    private static string? KindOf(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false) is { } target
                ? new string([.. target.Name.Where(static it => !char.IsAsciiDigit(it))])
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
