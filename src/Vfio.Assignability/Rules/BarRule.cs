using System.Globalization;
using System.Numerics;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Do the device's BARs have addresses, and could they have another size?</summary>
internal sealed class BarRule : IRule
{
    // Bit n stands for 2^(n+20) bytes.
    private const int FirstSize = 20;
    private const int LastBar = 5;

    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        PciResource[] unassigned = [.. PciResource.Of(device).Where(static resource => resource is { IsBar: true, IsMemory: true, IsUnassigned: true })];
        if (unassigned.Length > 0)
        {
            report.Add(new Finding(
                FindingCode.BarUnassigned,
                Severity.Warning,
                Confidence.Stated,
                $"No addresses were found for {Texts.Join(unassigned.Select(static bar => $"BAR {bar.Index.ToString(CultureInfo.InvariantCulture)}"))} of {device}",
                "The region has no size, and cannot be mapped",
                [.. unassigned.Select(bar => new Evidence($"{device.Path}/resource", bar.Text))],
                Texts.FixByReboot("Turn addresses above 4 GiB on in the firmware's setup (Above 4G Decoding), or try pci=realloc"),
                [device.Address],
                null));
        }

        if (device.Driver is null && device.VirtualFunctions.Count == 0)
        {
            return;
        }

        for (int bar = 0; bar <= LastBar; bar++)
        {
            HostFact<string> sizes = device.Attribute(string.Create(CultureInfo.InvariantCulture, $"resource{bar}_resize"));
            if (HostText.Hex(sizes.Value) is { } mask && BitOperations.PopCount(mask) > 1)
            {
                report.Add(Resize(device, bar, sizes, mask));
            }
        }
    }

    private static Finding Resize(PciFunction device, int bar, HostFact<string> sizes, ulong mask) => new(
        FindingCode.BarResizeBlocked,
        Severity.Info,
        Confidence.Derived,
        string.Create(CultureInfo.InvariantCulture, $"BAR {bar} of {device} could be {Texts.Join(Sizes(mask))} large, and keeps its size as long as {(device.Driver is { } driver ? $"{driver} has the device" : "it has virtual functions")}"),
        "Changing it needs the device without a driver, of VFIO's too, and without virtual functions (else EBUSY)",
        [Evidence.Of(sizes)],
        Texts.Fix("With no driver bound, write the number of the size's bit", string.Create(CultureInfo.InvariantCulture, $"echo {BitOperations.Log2(mask)} > {sizes.Path}")),
        [device.Address],
        null);

    private static IEnumerable<string> Sizes(ulong mask)
    {
        for (int bit = 0; bit < 64 - FirstSize; bit++)
        {
            if (((mask >> bit) & 1) != 0)
            {
                yield return Size(bit);
            }
        }
    }

    private static string Size(int bit) => bit < 10
        ? string.Create(CultureInfo.InvariantCulture, $"{1 << bit} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{1L << (bit - 10)} GiB");
}
