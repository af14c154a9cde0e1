using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>Triggers MSI-X vectors of the 82576 by its own register (Intel 82576 datasheet, 8.8: EICS and its kin).</summary>
internal sealed class IgbInterrupts : IDisposable
{
    public const int VectorCount = 10;

    private const long GeneralPurposeEnable = 0x1514;
    private const long CauseSet = 0x1520;
    private const long MaskSet = 0x1524;
    private const long AutoClear = 0x152c;
    private const uint MultipleMsix = 1 << 4;
    private const uint AllVectors = (1 << VectorCount) - 1;

    private readonly MappedRegion _registers;

    public IgbInterrupts(VfioDevice device)
    {
        device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        _registers = device.Regions.Bar(0).Map();
        _registers.Write32(GeneralPurposeEnable, MultipleMsix);
        _registers.Write32(AutoClear, AllVectors);
        _registers.Write32(MaskSet, AllVectors);
    }

    public void Trigger(int vector) => _registers.Write32(CauseSet, 1u << vector);

    public void Dispose() => _registers.Dispose();
}
