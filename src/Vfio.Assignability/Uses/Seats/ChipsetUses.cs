using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds the functions that the host itself is made of.</summary>
internal static class ChipsetUses
{
    public static IEnumerable<FunctionUse> Find(PciFunction function)
    {
        string? what = (function.ClassCode >> 8) switch
        {
            0x0600 => "host bridge",
            0x0601 => "ISA or LPC bridge",
            0x0c05 => "SMBus controller",
            _ => null,
        };

        // Behind a bridge it is a card's own.
        if (what is null || function.IsOnRootBus != true)
        {
            yield break;
        }

        string driver = function.Driver is { } name ? $", with the driver {name}" : string.Empty;
        yield return new FunctionUse(
            UseKind.Chipset, true, string.Create(CultureInfo.InvariantCulture, $"{function} is the host's {what}{driver}"), null, [Evidence.Of(function.Class)]);
    }
}
