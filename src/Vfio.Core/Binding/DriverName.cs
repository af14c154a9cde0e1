namespace Vfio.Core;

/// <summary>Names of drivers and modules. They become parts of paths, and arguments of modprobe.</summary>
internal static class DriverName
{
    // Longer than any; what is longer is no name.
    private const int MaxLength = 64;

    /// <summary>Whether a text can be such a name.</summary>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= MaxLength }
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Refuses what cannot be the name of a driver.</summary>
    /// <exception cref="ArgumentException">The text is no name.</exception>
    public static void Require(string driver)
    {
        ArgumentException.ThrowIfNullOrEmpty(driver);
        if (!IsValid(driver))
        {
            throw new ArgumentException($"'{driver}' is not the name of a driver.", nameof(driver));
        }
    }
}
