using Vfio.Core;
using Xunit;

namespace Vfio.Device.Tests.EndOfLife;

internal static class GoneAssert
{
    /// <summary>Asserts that nothing can be done with a device any more, and that all of it says so.</summary>
    public static void EveryOperation(VfioDevice device, MappedRegion registers)
    {
        Action[] operations =
        [
            () => registers.Read8(0),
            () => registers.Read16(0),
            () => registers.Read32(0),
            () => registers.Read64(0),
            () => registers.Write32(4, 0),
            () => registers.Read32(0, new uint[4]),
            () => registers.Write64(0, [0ul]),
            () => registers.Register32(0),
            () => device.Regions.Bar(0).Read32(0),
            () => device.Regions.Bar(0).Write32(4, 0),
            () => device.Regions.Bar(0).Map(),
            () => _ = device.Config.VendorId,
            () => device.Config.Write16(4, 0),
            () => device.Interrupts.Msi.Enable(1),
            () => _ = device.Dma,
            device.Detach,
            device.Reset,
            () => device.GetHotResetInfo(),
            () => device.Share(),
            () => device.Features.GetSupport(DeviceFeature.Migration),
            () => _ = device.Power.State,
        ];
        foreach (Action operation in operations)
        {
            Operation(operation);
        }
    }

    public static VfioException Operation(Action operation)
    {
        VfioException error = Assert.Throws<VfioException>(operation);
        Assert.Equal(VfioErrorKind.DeviceGone, error.Kind);
        return error;
    }
}
