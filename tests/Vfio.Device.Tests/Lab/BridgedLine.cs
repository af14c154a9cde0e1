using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>A network card behind the bridge, as far as it takes to raise its INTx and to see whether it was reset.</summary>
internal abstract class BridgedLine : IDisposable
{
    protected BridgedLine(VfioDevice device, int bar)
    {
        device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        Registers = device.Regions.Bar(bar).Map();
    }

    /// <summary>Whether the mask that <see cref="Raise"/> has set is still there; a reset clears it.</summary>
    public abstract bool IsUnmasked { get; }

    protected MappedRegion Registers { get; }

    /// <summary>Lets the device raise its line, and makes it do so.</summary>
    public abstract void Raise();

    /// <summary>Lets go of the line.</summary>
    public abstract void Acknowledge();

    public void Dispose() => Registers.Dispose();
}
