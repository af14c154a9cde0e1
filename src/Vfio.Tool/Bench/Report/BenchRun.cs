using System.Globalization;
using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Tool.Bench.Report;

/// <summary>Where and when something was measured.</summary>
/// <param name="Device">The device's address.</param>
/// <param name="Ids">Its vendor and device ids.</param>
/// <param name="Name">Their names, or null where the system knows none.</param>
/// <param name="Kernel">The kernel's release.</param>
/// <param name="Cpu">The processor's model, or null where the kernel does not tell.</param>
/// <param name="Cpus">How many processors the process may use.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="Date">The beginning, in UTC.</param>
internal sealed record BenchRun(
    string Device, string Ids, string? Name, string Kernel, string? Cpu, int Cpus, string Runtime, string Date)
{
    /// <summary>Describes this machine, this moment, and the device.</summary>
    public static BenchRun Of(PciFunction function)
    {
        PciNames names = PciNames.Load();
        string name = string.Join(
            ' ',
            new[] { names.OfVendor(function.VendorId), names.OfDevice(function.VendorId, function.DeviceId) }.OfType<string>());
        return new BenchRun(
            function.Address.ToString(),
            function.Ids,
            name.Length > 0 ? name : null,
            Read("/proc/sys/kernel/osrelease")?.Trim() ?? Environment.OSVersion.Version.ToString(),
            Read("/proc/cpuinfo")?
                .Split('\n')
                .FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?
                .Split(':', 2)[^1]
                .Trim(),
            Environment.ProcessorCount,
            RuntimeInformation.FrameworkDescription,
            DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>The machine in one line, for under a title.</summary>
    internal string Machine => $"Linux {Kernel}, {Cpus} {(Cpus == 1 ? "CPU" : "CPUs")}{(Cpu is null ? string.Empty : $" ({Cpu})")}, "
        + $"{Runtime}, {Date[..10]}";

    /// <summary>The device in one line.</summary>
    internal string Subject => Name is null ? $"{Device} [{Ids}]" : $"{Device} {Name} [{Ids}]";

    private static string? Read(string path)
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
