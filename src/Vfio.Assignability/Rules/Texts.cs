using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Phrases and commands that several rules use.</summary>
internal static class Texts
{
    /// <summary>Why a file that is missing cannot be read.</summary>
    public const string NotThere = "is not there";

    /// <summary>Names in a sentence: <c>a, b and c</c>.</summary>
    public static string Join(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length <= 1 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }

    /// <summary>Functions in a sentence.</summary>
    public static string Join(IEnumerable<PciFunction> functions) => Join(functions.Select(static function => function.ToString()));

    /// <summary>What functions are used for, in a sentence; the same is said once.</summary>
    public static string Join(IEnumerable<FunctionUse> uses)
        => Join(uses.Select(static use => use.Description).Distinct(StringComparer.Ordinal));

    /// <summary>Functions with their drivers in a sentence.</summary>
    public static string WithDrivers(IEnumerable<PciFunction> functions)
        => Join(functions.Select(static function => function.Driver is { } driver ? $"{function} ({driver})" : $"{function} (no driver)"));

    /// <summary>The addresses of functions, in order.</summary>
    public static IReadOnlyList<PciAddress> Addresses(IEnumerable<PciFunction> functions)
        => [.. functions.Select(static function => function.Address).Distinct().Order()];

    /// <summary>The command that gives functions to a VFIO driver.</summary>
    public static string Bind(IEnumerable<PciFunction> functions, string driver = DriverBinding.DefaultDriver)
        => $"vfio bind{(driver == DriverBinding.DefaultDriver ? string.Empty : $" --driver {driver}")} {string.Join(' ', functions)}";

    /// <summary>The command that takes a function from its driver.</summary>
    public static string Unbind(PciFunction function) => $"echo {function} > /sys/bus/pci/drivers/{function.Driver}/unbind";

    /// <summary>The command that writes to a file of sysfs.</summary>
    public static string Write(string value, string path) => $"echo {value} > {path}";

    /// <summary>A reversible remedy without a reboot.</summary>
    public static Remedy Fix(string text, params string[] commands) => new(text, commands, Reversible: true, Reboot: false);

    /// <summary>A reversible remedy that needs a reboot.</summary>
    public static Remedy FixByReboot(string text) => new(text, [], Reversible: true, Reboot: true);

    /// <summary>Advice that no command carries out.</summary>
    public static Remedy Advice(string text) => new(text, [], Reversible: false, Reboot: false);
}
