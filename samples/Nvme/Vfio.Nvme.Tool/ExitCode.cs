using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Nvme.Tool;

/// <summary>What the command returns; the numbers above 63 are those of <c>sysexits.h</c>.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 64;
    public const int NoSuchDevice = 66;
    public const int HostLacks = 69;
    public const int NoPermission = 77;

    /// <summary>The code for a refusal.</summary>
    public static int For(VfioErrorKind kind) => kind switch
    {
        VfioErrorKind.NoSuchDevice => NoSuchDevice,
        VfioErrorKind.NoVfio or VfioErrorKind.NoIommu or VfioErrorKind.NoIsolation or VfioErrorKind.NoIommuModel or VfioErrorKind.NodeMissing => HostLacks,
        VfioErrorKind.PermissionDenied => NoPermission,
        _ => Failed,
    };

    /// <summary>The code for a command that a signal has ended, as a shell tells of it.</summary>
    public static int For(PosixSignal signal) => 128 + signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGTERM => 15,
        _ => 2,
    };
}
