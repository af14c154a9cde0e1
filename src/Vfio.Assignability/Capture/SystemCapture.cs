using System.Runtime.InteropServices;

namespace Vfio.Assignability;

/// <summary>Captures what the kernel and the firmware say of the whole host.</summary>
internal sealed class SystemCapture(CaptureWriter writer)
{
    public void Write()
    {
        WriteName();
        const string Tables = "/sys/firmware/acpi/tables";
        foreach (string table in writer.Source.Names(Tables).Where(table => !writer.Source.IsFolder($"{Tables}/{table}")))
        {
            writer.Presence($"{Tables}/{table}");
        }

        const string Interrupts = "/sys/kernel/irq";
        foreach (string interrupt in writer.Source.Names(Interrupts))
        {
            writer.Copy($"{Interrupts}/{interrupt}/chip_name");
        }

        writer.Copy("/sys/kernel/security/lockdown");
        writer.Copy("/proc/sys/kernel/osrelease");
        writer.Copy("/proc/sys/kernel/tainted");
    }

    // As `uname -srm` prints it: the name of the host is no part of it.
    private void WriteName()
    {
        string? name = writer.Source.IsLocal ? null : writer.Source.ReadText("/uname").Value;
        if (name is not null && TextLines.Words(name) is [_, _, _] words)
        {
            writer.Write("/uname", string.Join(' ', words) + "\n");
        }
        else if (writer.Source.IsLocal && writer.Source.ReadText("/proc/sys/kernel/osrelease").Value is { } release)
        {
            writer.Write("/uname", $"Linux {release} {Machine}\n");
        }
    }

    private static string Machine => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.X86 => "i686",
        Architecture.Arm64 => "aarch64",
        Architecture.Arm => "armv7l",
        Architecture.RiscV64 => "riscv64",
        Architecture.LoongArch64 => "loongarch64",
        Architecture.Ppc64le => "ppc64le",
        Architecture.S390x => "s390x",
        Architecture other => other.ToString(),
    };
}
