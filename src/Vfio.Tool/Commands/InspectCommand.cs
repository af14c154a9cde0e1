using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Inspect;
using Vfio.Tool.Inspect.Json;
using Vfio.Tool.Inspect.Text;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio inspect BDF</c>: whether a device can be given away, what it takes, and why.</summary>
internal sealed class InspectCommand
{
    private readonly InspectSteps _steps;
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<bool> _json = JsonOption.Create();
    private readonly Option<string?> _root = RootOption.Create();

    private readonly Option<bool> _prove = new("--prove")
    {
        Description = "Open the device too, and ask the kernel. This resets the device.",
    };

    private readonly Option<long?> _need = ValueOption.Create<long?>(
        "--need",
        "MEMORY",
        "How much memory the device's user will map for its DMA, such as 16GiB: whether it may be locked, and fits the device's addresses.",
        static text => BenchValues.Size(text));

    private readonly Option<string?> _explain = ValueOption.Create<string?>(
        "--explain", "CODE", "Print the page on a finding's code, a verdict or a class of reset. Needs no BDF.", ReadCode);

    private InspectCommand(InspectSteps steps) => _steps = steps;

    public static Command Create() => Create(InspectSteps.Default);

    /// <summary>The command with other steps, for tests.</summary>
    public static Command Create(InspectSteps steps)
    {
        var self = new InspectCommand(steps);
        self._device.Arity = ArgumentArity.ZeroOrOne;
        var command = new Command("inspect", "Tell whether a device can be given away, what to do for it, and what to expect. Only reads.")
        {
            self._device,
            self._json,
            self._root,
            self._prove,
            self._need,
            self._explain,
        };
        ValueOption.AddCheck(command, self.Check);
        command.SetAction(self.Run);
        return command;
    }

    private static string ReadCode(string text) => FindingPages.Spell(text)
        ?? throw new FormatException($"'{text}' is no code; there are {string.Join(", ", FindingPages.Codes)}.");

    private static bool Has(SymbolResult? result) => result?.Tokens.Count > 0;

    private void Check(CommandResult result)
    {
        bool explain = result.GetValue(_explain) is not null;
        bool prove = result.GetValue(_prove);
        bool root = result.GetValue(_root) is not null;
        if (explain && (prove || root || result.GetValue(_need) is not null))
        {
            result.AddError("--explain prints a page; leave --root, --prove and --need out.");
        }
        else if (!explain && !Has(result.GetResult(_device)))
        {
            result.AddError("Name the device, such as 0000:01:00.0, or a code with --explain.");
        }
        else if (prove && root)
        {
            result.AddError("--prove asks this host's kernel, and a captured host has none; leave --root or --prove out.");
        }
    }

    private int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(_json);
        if (parsed.GetValue(_explain) is { } code)
        {
            Explain(code, json);
            return ExitCode.Done;
        }

        PciHost host = RootOption.Host(parsed.GetValue(_root));
        AssignabilityReport report = _steps.Inspect(
            host, parsed.GetRequiredValue(_device), new InspectOptions { Need = parsed.GetValue(_need) });
        if (parsed.GetValue(_prove))
        {
            _steps.Error.WriteLine($"vfio: {report.Device}: asking the kernel; opening the device resets it");
            report = _steps.Prove(host, report);
        }

        if (json)
        {
            Write(JsonSerializer.Serialize(ReportDocument.Of(report), TypedJson.Context.ReportDocument));
        }
        else
        {
            _steps.Out.Write(ReportText.Of(report, new DeviceNames(host, _steps.Names())));
        }

        return ExitCode.For(report.Verdict);
    }

    private void Explain(string code, bool json)
    {
        string page = FindingPages.Read(code);
        if (json)
        {
            Write(JsonSerializer.Serialize(new PageDocument(code, page), TypedJson.Context.PageDocument));
        }
        else
        {
            _steps.Out.Write(ExplanationText.Of(page));
        }
    }

    private void Write(string json) => _steps.Out.Profile.Out.Writer.WriteLine(json);
}
