namespace Vfio.Nvme.Tool.Output;

/// <summary>The SMART log in <c>nvme-vfio identify --json</c>, as far as its numbers are of interest.</summary>
internal sealed record HealthEntry(
    int CriticalWarning,
    int TemperatureCelsius,
    int AvailableSparePercent,
    int PercentageUsed,
    double BytesRead,
    double BytesWritten,
    double PowerOnHours,
    double UnsafeShutdowns,
    double MediaErrors)
{
    private const int ZeroCelsius = 273;
    private const double DataUnit = 512_000;

    public static HealthEntry From(SmartLog log) => new(
        log.CriticalWarning,
        log.TemperatureKelvin - ZeroCelsius,
        log.AvailableSpare,
        log.PercentageUsed,
        (double)log.DataUnitsRead * DataUnit,
        (double)log.DataUnitsWritten * DataUnit,
        (double)log.PowerOnHours,
        (double)log.UnsafeShutdowns,
        (double)log.MediaErrors);
}
