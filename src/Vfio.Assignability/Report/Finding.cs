using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Something about a device, or about the host, that bears on giving the device away. One that is present applies.</summary>
/// <param name="Code">Its stable name: <see cref="FindingCode"/>.</param>
/// <param name="Severity">What it means for the verdict.</param>
/// <param name="Confidence">Where it comes from.</param>
/// <param name="Message">What is the case, as a sentence.</param>
/// <param name="Consequence">What follows from it, as a sentence; null where the message says all.</param>
/// <param name="Evidence">What it rests on.</param>
/// <param name="Remedy">What can be done about it, or null where nothing can.</param>
/// <param name="Devices">The functions that it is about, in order of address.</param>
/// <param name="Claim">The expectation of users that it answers, <c>C1</c> to <c>C15</c> as docs/inspect.md lists them, or null.</param>
public sealed record Finding(
    string Code,
    Severity Severity,
    Confidence Confidence,
    string Message,
    string? Consequence,
    IReadOnlyList<Evidence> Evidence,
    Remedy? Remedy,
    IReadOnlyList<PciAddress> Devices,
    string? Claim);
