namespace Vfio.Core;

/// <summary>A way in which the kernel resets a function, by the name that it has in <c>reset_method</c>.</summary>
/// <remarks>Kernels may know more of them than are named here. The default value is no method. Immutable, and so thread-safe.</remarks>
public readonly record struct PciResetMethod
{
    private readonly string? _name;

    /// <summary>A method of a name.</summary>
    /// <exception cref="ArgumentException">The name has other characters than small letters, digits and underscores, or none.</exception>
    public PciResetMethod(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Any(static c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_'))
        {
            throw new ArgumentException($"'{name}' is not the name of a way to reset.", nameof(name));
        }

        _name = name;
    }

    /// <summary>What the kernel has for this very device (<c>device_specific</c>).</summary>
    public static PciResetMethod DeviceSpecific { get; } = new("device_specific");

    /// <summary>The firmware's <c>_RST</c> (<c>acpi</c>).</summary>
    public static PciResetMethod Acpi { get; } = new("acpi");

    /// <summary>The function level reset of PCI Express (<c>flr</c>).</summary>
    public static PciResetMethod FunctionLevel { get; } = new("flr");

    /// <summary>The function level reset of conventional PCI's advanced features (<c>af_flr</c>).</summary>
    public static PciResetMethod AdvancedFeatures { get; } = new("af_flr");

    /// <summary>From D0 to D3hot and back (<c>pm</c>), which some devices survive with their state.</summary>
    public static PciResetMethod PowerManagement { get; } = new("pm");

    /// <summary>A reset of the bus, where the function is alone on it (<c>bus</c>).</summary>
    public static PciResetMethod Bus { get; } = new("bus");

    /// <summary>A reset of the bus of a CXL device, where the function is alone on it (<c>cxl_bus</c>).</summary>
    public static PciResetMethod CxlBus { get; } = new("cxl_bus");

    /// <summary>Its name; empty for the default value.</summary>
    public string Name => _name ?? string.Empty;

    /// <summary>Its name.</summary>
    public override string ToString() => Name;

    /// <summary>Reads the kernel's list; null where it has what cannot be a name.</summary>
    internal static IReadOnlyList<PciResetMethod>? ParseList(string text)
    {
        var methods = new List<PciResetMethod>();
        foreach (string name in text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (name.Any(static c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_'))
            {
                return null;
            }

            methods.Add(new PciResetMethod(name));
        }

        return methods;
    }
}
