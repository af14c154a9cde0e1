using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool;

/// <summary>What the command returns; the numbers above 63 are those of <c>sysexits.h</c>.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>The device can be given away once some actions are taken.</summary>
    public const int After = 10;

    /// <summary>The device can be given away once some actions are taken, one of which needs a reboot.</summary>
    public const int Reboot = 11;

    /// <summary>The device can be given away, but not safely.</summary>
    public const int Unsafe = 12;

    /// <summary>The device cannot be given away.</summary>
    public const int No = 13;

    /// <summary>Facts are missing that could turn the answer.</summary>
    public const int Unknown = 14;

    public const int Usage = 64;
    public const int NoSuchDevice = 66;

    /// <summary>The captured host that was named is not there.</summary>
    public const int NoInput = 66;

    public const int HostLacks = 69;
    public const int NoPermission = 77;

    /// <summary>The user ended it; as a shell tells of SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>The code for a refusal.</summary>
    public static int For(VfioErrorKind kind) => kind switch
    {
        VfioErrorKind.NoSuchDevice => NoSuchDevice,
        VfioErrorKind.NoVfio
            or VfioErrorKind.NoIommu
            or VfioErrorKind.NoIsolation
            or VfioErrorKind.NoIommuModel
            or VfioErrorKind.NodeMissing => HostLacks,
        VfioErrorKind.PermissionDenied => NoPermission,
        _ => Failed,
    };

    /// <summary>The code for what a report comes to.</summary>
    public static int For(Verdict verdict) => verdict switch
    {
        Verdict.Yes => Done,
        Verdict.After => After,
        Verdict.Reboot => Reboot,
        Verdict.Unsafe => Unsafe,
        Verdict.No => No,
        _ => Unknown,
    };
}
