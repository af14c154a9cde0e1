using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Captures the lists of procfs, each without what a report does not rest on.</summary>
internal sealed class ProcCapture(CaptureWriter writer)
{
    private static readonly string[] _statusKeys =
    [
        "Uid:", "Gid:", "Groups:", "VmLck:", "VmPin:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:",
    ];

    public void Write()
    {
        writer.CopyText("/proc/cmdline", text => CommandLineFilter.Filter(text, writer.Names));
        writer.CopyText("/proc/iomem", static text => TextLines.Join(TextLines.Of(text).Where(IsWantedRange)));
        writer.Copy("/proc/consoles");
        writer.CopyText("/proc/interrupts", new InterruptFilter(writer.Names).Filter);
        writer.CopyText("/proc/modules", static text => TextLines.Join(TextLines.Of(text).Select(WithoutAddress)));
        writer.CopyText("/proc/bus/input/devices", InputFilter.Filter);
        writer.CopyText("/proc/self/status", static text => TextLines.Join(TextLines.Of(text).Where(IsWantedStatus)));
        writer.Copy("/proc/self/limits");

        var mounts = new MountFilter(writer.Names);
        writer.CopyText("/proc/mounts", mounts.Filter);
        writer.CopyText("/proc/self/mountinfo", mounts.FilterInfo);
        writer.CopyText("/proc/1/mountinfo", mounts.FilterInfo);
        writer.CopyText("/proc/swaps", mounts.FilterSwaps);

        var routes = new RouteFilter(writer.Names);
        writer.CopyText("/proc/net/route", routes.Filter);
        writer.CopyText("/proc/net/ipv6_route", routes.FilterV6);
        writer.CopyText("/proc/1/net/route", routes.Filter);
        writer.CopyText("/proc/1/net/ipv6_route", routes.FilterV6);
        WriteNvidia();
    }

    // This driver alone tells which of its nodes is whose.
    private void WriteNvidia()
    {
        const string Cards = "/proc/driver/nvidia/gpus";
        foreach (string card in writer.Source.Names(Cards).Where(static name => PciAddress.TryParse(name, out _)))
        {
            writer.CopyText(
                $"{Cards}/{card}/information",
                static text => TextLines.Join(TextLines.Of(text).Where(static line => line.StartsWith("Device Minor:", StringComparison.Ordinal))));
        }
    }

    // Where the kernel lies in memory is new with each start, and is a secret.
    private static bool IsWantedRange(string line) => !line.Contains(" : Kernel ", StringComparison.Ordinal);

    private static bool IsWantedStatus(string line) => _statusKeys.Any(key => line.StartsWith(key, StringComparison.Ordinal));

    private static string WithoutAddress(string line)
    {
        string[] words = line.Split(' ');
        if (words.Length > 5)
        {
            words[5] = "0x0000000000000000";
        }

        return string.Join(' ', words);
    }
}
