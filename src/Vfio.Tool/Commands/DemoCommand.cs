using System.CommandLine;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Demo;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio demo BDF</c>: drives QEMU's edu device, step by step.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Argument<PciAddress> device = DeviceArgument.Create();
        Option<bool> json = JsonOption.Create();
        var command = new Command(
            "demo", "Take an edu device (QEMU's teaching device), use its registers, DMA and interrupt, and give it back.")
        {
            device,
            json,
        };
        command.SetAction(result => Run(result.GetRequiredValue(device), result.GetValue(json)));
        return command;
    }

    private static int Run(PciAddress address, bool json)
    {
        var steps = new StepLog(json ? Terminal.Error : Terminal.Out);
        DemoReport report = new EduDemo(address, steps).Run();
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ToolJson.Default.DemoReport));
        }

        if (steps.Failed.Count == 0)
        {
            return ExitCode.Done;
        }

        Console.Error.WriteLine($"vfio: {address}: failed: {string.Join(", ", steps.Failed)}");
        return ExitCode.Failed;
    }
}
