namespace Vfio.Core;

/// <summary>What can go wrong with the states of power of a function.</summary>
internal static class PowerErrors
{
    private const string Step = "write PMCSR";

    public static VfioException NoStates(string name, PciPowerState state) => new(
        VfioErrorKind.NotSupported,
        Step,
        name,
        $"the function has no capability of power management, and so not {state}",
        "Leave it in D0; DevicePower.EnterLowPower may still save power at the ports above it");

    public static VfioException NoSuchState(string name, PciPowerState state) => new(
        VfioErrorKind.NotSupported,
        Step,
        name,
        $"the function does not have the state {state}",
        "Use D3Hot, which every function with power management has; PciPowerManagement says which others it has");

    public static VfioException NotReached(string name, PciPowerState wanted, PciPowerState reached) => new(
        VfioErrorKind.Refused,
        Step,
        name,
        $"the function should be in {wanted}, and is in {reached}",
        "From a deep state go to D0 first; a physical function with virtual ones stays in D0 until they are gone (PciVirtualFunctions.Disable)");
}
