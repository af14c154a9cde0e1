using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>The driver's errors, each with what the user can do about it.</summary>
internal static class NvmeErrors
{
    private const string LookAtDevice = "See what the host's own driver says of the device: bring it back with 'vfio restore' and read the kernel's log";

    public static NvmeException Gone(string subject, string step, Exception? why = null) => new(
        NvmeErrorKind.FunctionGone,
        step,
        subject,
        why is null ? "the function answers nothing but ones: it was removed, has lost its power or is in reset" : $"the function is gone: {why.Message}",
        "Dispose the controller, and open it again when the function is back",
        innerException: why);

    // A function that sleeps, or is being reset by somebody, may be had back by a reset; one that was taken away may not.
    public static NvmeException Unanswered(string subject, string step, Exception why)
        => why is VfioException { Kind: not VfioErrorKind.DeviceGone }
            ? new(NvmeErrorKind.NotReady, step, subject, $"the function did not answer: {why.Message}", LookAtDevice, innerException: why)
            : Gone(subject, step, why);

    public static NvmeException Fatal(string subject, string step, ControllerStatus status) => new(
        NvmeErrorKind.ControllerFatal,
        step,
        subject,
        $"the controller reports that it has failed ({status}, CFS)",
        LookAtDevice);

    public static NvmeException NotReady(string subject, string step, string wanted, TimeSpan limit, ControllerStatus status) => new(
        NvmeErrorKind.NotReady,
        step,
        subject,
        $"the controller did not become {wanted} within {limit.TotalSeconds:0.#} seconds, which is what it asks for (CAP.TO; {status})",
        LookAtDevice);

    public static NvmeException Failed(string subject, string step, NvmeStatus status) => new(
        NvmeErrorKind.CommandFailed,
        step,
        subject,
        $"the command ended with {status}",
        status.DoNotRetry ? "The same command would end so again" : "The command may be tried again",
        status);

    public static NvmeException Timeout(string subject, string step, TimeSpan limit, string outcome) => new(
        NvmeErrorKind.CommandTimeout,
        step,
        subject,
        $"the command did not end within {limit.TotalSeconds:0.#} seconds, and {outcome}",
        "Whether the controller has done it is not known; find out before trying again");

    public static NvmeException Protocol(string subject, string step, string problem) => new(
        NvmeErrorKind.ProtocolViolation, step, subject, problem, LookAtDevice);

    public static NvmeException NotSupported(string subject, string step, string problem) => new(
        NvmeErrorKind.NotSupported, step, subject, problem, "Nothing was changed; use a controller that has it, or do without");

    public static NvmeException NotUsable(string subject, string step, ControllerState state, Exception? why) => new(
        NvmeErrorKind.NotUsable,
        step,
        subject,
        $"the controller is in the state {state}{(why is null ? string.Empty : $": {why.Message}")}",
        state == ControllerState.ShutDown ? "Open it again" : "Dispose the controller and open it again",
        innerException: why);
}
