using Vfio.Core;

namespace Vfio.Nvme.Tests.Model;

/// <summary>BAR0 of the model.</summary>
internal sealed class ModelRegisters(ModelController controller) : IRegisterAccess
{
    public long Length => 0x4000;

    public byte Read8(long offset) => throw new NotSupportedException("NVMe registers are accessed by 32 bits, or 64.");

    public ushort Read16(long offset) => throw new NotSupportedException("NVMe registers are accessed by 32 bits, or 64.");

    public uint Read32(long offset) => controller.ReadRegister(offset);

    public ulong Read64(long offset) => this.Read64LowHigh(offset);

    public void Write8(long offset, byte value) => throw new NotSupportedException("NVMe registers are accessed by 32 bits, or 64.");

    public void Write16(long offset, ushort value) => throw new NotSupportedException("NVMe registers are accessed by 32 bits, or 64.");

    public void Write32(long offset, uint value) => controller.WriteRegister(offset, value);

    public void Write64(long offset, ulong value) => this.Write64LowHigh(offset, value);

    public void Read32(long offset, Span<uint> destination) => throw new NotSupportedException();

    public void Read64(long offset, Span<ulong> destination) => throw new NotSupportedException();

    public void Write32(long offset, ReadOnlySpan<uint> source) => throw new NotSupportedException();

    public void Write64(long offset, ReadOnlySpan<ulong> source) => throw new NotSupportedException();
}
