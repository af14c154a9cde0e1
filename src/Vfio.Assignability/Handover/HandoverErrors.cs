using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What can go wrong when functions are handed over or brought back.</summary>
internal static class HandoverErrors
{
    private const string ReadLog = "The kernel log may name the reason";

    public static VfioException Bridge(PciFunction device) => new(
        VfioErrorKind.NotSupported,
        "bind",
        device.ToString(),
        $"it is a bridge (header type {device.HeaderType}), which VFIO does not take",
        "Name the devices behind it; a bridge stays with the host, even in a group that is given away");

    public static VfioException Denied(PciFunction device) => new(
        VfioErrorKind.NotSupported,
        "bind",
        device.ToString(),
        $"vfio-pci refuses devices of this kind ({device.Ids}), because their users could stop the machine",
        "If every user may be trusted with that: modprobe -r vfio-pci && modprobe vfio-pci disable_denylist=1");

    public static VfioException OpenHere(PciAddress device, string step) => new(
        VfioErrorKind.GroupBusy,
        step,
        device.ToString(),
        "this process has the device open, and the kernel would wait for its close for ever",
        "Dispose the VfioDevice first");

    public static VfioException Used(PciAddress device, string step, string uses) => new(
        VfioErrorKind.InUse,
        step,
        device.ToString(),
        uses,
        step == "restore"
            ? "End that use first. With --force (Force in the options) the kernel asks the processes to let go, and what does not is lost"
            : "End that use first. If the host may lose it, say so with --force (Force in the options)");

    public static VfioException Pending(PciAddress device, string step, PendingStep pending, string process) => new(
        VfioErrorKind.GroupBusy,
        step,
        device.ToString(),
        $"an earlier step, '{pending.Step}', is still under way: {process}",
        "Make what uses the device let go of it, and try again when that process has ended; if it never does, only a reboot helps");

    public static VfioException Hangs(PciAddress device, string step, TimeSpan limit, string process, IReadOnlyList<ProcessHolder> holders) => new(
        VfioErrorKind.BindFailed,
        step,
        device.ToString(),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(step.StartsWith("unbind", StringComparison.Ordinal) ? "the driver does not let go" : "the kernel does not answer")} after {limit.TotalSeconds:0.###} seconds; ")
            + $"{process}; {Holders(holders)}; the step may still complete later, and nothing else was done to this function",
        "Make what uses the device let go of it, look at the kernel log, and then run 'vfio restore' or 'vfio bind' again");

    public static VfioException NotReturned(PciAddress device, FunctionState wanted, FunctionState now) => new(
        VfioErrorKind.BindFailed,
        "restore",
        device.ToString(),
        $"it should be with {wanted} and the override {wanted.Override ?? "(null)"}, and is with {now} and the override {now.Override ?? "(null)"}",
        ReadLog);

    public static VfioException Locked(PciAddress device, string file, int? holder, TimeSpan limit) => new(
        VfioErrorKind.GroupBusy,
        "lock " + file,
        device.ToString(),
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(holder is { } id ? $"process {id}" : "another process")} is moving the device, and has not ended after {limit.TotalSeconds:0.###} seconds"),
        "Wait for it, or see what it waits for");

    public static VfioException Record(PciAddress device, string file, Exception error) => new(
        error is UnauthorizedAccessException ? VfioErrorKind.PermissionDenied : VfioErrorKind.Refused,
        "write " + file,
        device.ToString(),
        "it cannot be written down what the function had: " + error.Message,
        error is UnauthorizedAccessException ? "Run as root" : "Look whether the file system below /run is full or read-only",
        innerException: error);

    public static VfioException Records(string folder, string problem, Exception? error) => new(
        error is UnauthorizedAccessException ? VfioErrorKind.PermissionDenied : VfioErrorKind.Refused,
        "mkdir",
        folder,
        problem,
        error is UnauthorizedAccessException ? "Run as root" : "Look who made it, and delete it",
        innerException: error);

    /// <summary>The error of one member as the error of all, with what became of the others.</summary>
    public static VfioException Together(VfioException error, string rollback)
        => new(error.Kind, error.Step, error.Subject, $"{error.Problem}. {rollback}", error.Remedy, error.Errno, error);

    private static string Holders(IReadOnlyList<ProcessHolder> holders) => holders.Count == 0
        ? "no process is seen to have it open"
        : "it is open in " + string.Join(", ", holders.Select(static holder => $"process {holder.Id} ({holder.Name ?? "?"}, {holder.Node})"));
}
