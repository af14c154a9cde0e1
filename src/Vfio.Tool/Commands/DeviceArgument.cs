using System.CommandLine;
using System.CommandLine.Parsing;
using Vfio.Core;

namespace Vfio.Tool.Commands;

/// <summary>The address of a PCI function on the command line.</summary>
internal static class DeviceArgument
{
    public static Argument<PciAddress> Create() => new("BDF")
    {
        Description = "The PCI function, as domain:bus:device.function: 0000:00:03.0.",
        CustomParser = result =>
        {
            string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
            return Parse(result, text);
        },
    };

    /// <summary>One address or more.</summary>
    public static Argument<PciAddress[]> CreateMany() => new("BDF")
    {
        Description = "The PCI functions, as domain:bus:device.function: 0000:00:03.0.",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result => [.. result.Tokens.Select(token => Parse(result, token.Value))],
    };

    private static PciAddress Parse(ArgumentResult result, string text)
    {
        if (!PciAddress.TryParse(text, out PciAddress address))
        {
            result.AddError($"'{text}' is not a PCI address; write domain:bus:device.function, such as 0000:00:03.0.");
        }

        return address;
    }
}
