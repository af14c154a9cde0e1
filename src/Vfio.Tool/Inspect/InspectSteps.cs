using Spectre.Console;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Output;

namespace Vfio.Tool.Inspect;

/// <summary>What <c>vfio inspect</c> goes through, and where it tells of it.</summary>
/// <param name="Inspect">Makes the report.</param>
/// <param name="Prove">Asks the kernel about it.</param>
/// <param name="Names">Reads the names of devices, for people.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record InspectSteps(
    Func<PciHost, PciAddress, InspectOptions, AssignabilityReport> Inspect,
    Func<PciHost, AssignabilityReport, AssignabilityReport> Prove,
    Func<PciNames> Names,
    IAnsiConsole Out,
    TextWriter Error)
{
    public static InspectSteps Default { get; } = new(DeviceInspector.Inspect, DeviceProver.Prove, PciNames.Load, Terminal.Out, Console.Error);
}
