using System.CommandLine;
using Vfio.Core;

namespace Vfio.Nvme.Tool.Commands;

/// <summary>The address of a controller on the command line.</summary>
internal static class DeviceArgument
{
    public static Argument<PciAddress> Create() => new("BDF")
    {
        Description = "The controller's PCI function, as domain:bus:device.function: 0000:00:04.0.",
        CustomParser = static result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            if (!PciAddress.TryParse(text, out PciAddress address))
            {
                result.AddError($"'{text}' is not a PCI address; write domain:bus:device.function, such as 0000:00:04.0.");
            }

            return address;
        },
    };
}
