using System.Globalization;

namespace Vfio.Device.Tests.Soak;

/// <summary>What a process holds of the kernel's: descriptors, by what is behind them, and memory that is locked or pinned.</summary>
internal static class ProcessUse
{
    /// <summary>All of it as text, to be compared.</summary>
    public static string Read()
    {
        IEnumerable<string> files = Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(static entry => File.ResolveLinkTarget(entry, returnFinalTarget: false)?.Name)
            .OfType<string>()

            // Pipes and sockets have numbers; the folder that is being read here has the process's.
            .Select(static target => new string([.. target.Where(static it => !char.IsAsciiDigit(it))]))
            .Order(StringComparer.Ordinal);
        IEnumerable<string> memory = File.ReadLines("/proc/self/status")
            .Where(static line => line.StartsWith("VmLck:", StringComparison.Ordinal) || line.StartsWith("VmPin:", StringComparison.Ordinal));
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', memory)}; {files.Count()} descriptors: {string.Join(' ', files)}");
    }

    /// <summary>
    /// Waits until it is as it was, or does not become so: the runtime opens and closes files of its own beside the tests.
    /// </summary>
    public static string Await(string expected)
    {
        string found = Read();
        for (int i = 0; i < 50 && found != expected; i++)
        {
            Thread.Sleep(100);
            found = Read();
        }

        return found;
    }
}
