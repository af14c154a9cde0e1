using System.Globalization;

namespace Vfio.Device.Tests.Soak;

/// <summary>How long a soak goes on, and with which numbers.</summary>
/// <param name="Seed">What all random numbers come from. Threads still meet as they like, so it repeats the commands and not the moments.</param>
/// <param name="Duration">How long it goes on at least.</param>
internal sealed record SoakSettings(int Seed, TimeSpan Duration)
{
    public const string SecondsVariable = "VFIO_SOAK_SECONDS";
    public const string SeedVariable = "VFIO_SOAK_SEED";

    private const int DefaultSeconds = 20;

    public static SoakSettings Read() => new(
        Number(SeedVariable) ?? Random.Shared.Next(),
        TimeSpan.FromSeconds(Number(SecondsVariable) ?? DefaultSeconds));

    private static int? Number(string variable)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
            : null;
}
