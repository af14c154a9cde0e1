using System.Buffers.Binary;

namespace Vfio.Nvme;

/// <summary>The controller's health (SMART / Health Information, log 02h; NVM Express 1.4, 5.14.1.2, figure 196).</summary>
public sealed record SmartLog
{
    /// <summary>The number of the log page.</summary>
    internal const byte LogPage = 0x02;

    /// <summary>The length of the log page in bytes.</summary>
    internal const int Length = 512;

    /// <summary>What needs attention: spare below its threshold, temperature, reliability, read only, volatile memory backup (bits 0 to 4).</summary>
    public required int CriticalWarning { get; init; }

    /// <summary>The temperature in kelvins.</summary>
    public required int TemperatureKelvin { get; init; }

    /// <summary>The spare capacity that is left, in percent.</summary>
    public required int AvailableSpare { get; init; }

    /// <summary>The spare capacity below which <see cref="CriticalWarning"/> tells, in percent.</summary>
    public required int AvailableSpareThreshold { get; init; }

    /// <summary>How much of the endurance has been used, in percent; may exceed 100.</summary>
    public required int PercentageUsed { get; init; }

    /// <summary>What was read, in units of 512,000 bytes.</summary>
    public required UInt128 DataUnitsRead { get; init; }

    /// <summary>What was written, in units of 512,000 bytes.</summary>
    public required UInt128 DataUnitsWritten { get; init; }

    /// <summary>How many read commands.</summary>
    public required UInt128 HostReadCommands { get; init; }

    /// <summary>How many write commands.</summary>
    public required UInt128 HostWriteCommands { get; init; }

    /// <summary>How often it was switched on.</summary>
    public required UInt128 PowerCycles { get; init; }

    /// <summary>For how many hours it has been on.</summary>
    public required UInt128 PowerOnHours { get; init; }

    /// <summary>How often it lost power without an orderly shutdown.</summary>
    public required UInt128 UnsafeShutdowns { get; init; }

    /// <summary>How often it found errors in its data.</summary>
    public required UInt128 MediaErrors { get; init; }

    internal static SmartLog Parse(ReadOnlySpan<byte> data) => new()
    {
        CriticalWarning = data[0],
        TemperatureKelvin = BinaryPrimitives.ReadUInt16LittleEndian(data[1..]),
        AvailableSpare = data[3],
        AvailableSpareThreshold = data[4],
        PercentageUsed = data[5],
        DataUnitsRead = BinaryPrimitives.ReadUInt128LittleEndian(data[32..]),
        DataUnitsWritten = BinaryPrimitives.ReadUInt128LittleEndian(data[48..]),
        HostReadCommands = BinaryPrimitives.ReadUInt128LittleEndian(data[64..]),
        HostWriteCommands = BinaryPrimitives.ReadUInt128LittleEndian(data[80..]),
        PowerCycles = BinaryPrimitives.ReadUInt128LittleEndian(data[112..]),
        PowerOnHours = BinaryPrimitives.ReadUInt128LittleEndian(data[128..]),
        UnsafeShutdowns = BinaryPrimitives.ReadUInt128LittleEndian(data[144..]),
        MediaErrors = BinaryPrimitives.ReadUInt128LittleEndian(data[160..]),
    };
}
