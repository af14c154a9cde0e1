namespace Vfio.Core;

/// <content>What the host does with the function's power.</content>
public sealed partial class PciFunction
{
    private PciFunctionPower? _power;

    /// <summary>What the host says of the function's power, and does about it while it is idle. Reading it wakes nothing.</summary>
    public PciFunctionPower Power => _power ??= new PciFunctionPower(this);
}
