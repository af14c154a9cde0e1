using Vfio.Core;

namespace EduDriver;

/// <summary>A driver for QEMU's teaching device: it computes factorials, and keeps 4 KiB of data.</summary>
/// <remarks>For one thread at a time. It owns the device that it is given.</remarks>
internal sealed class Edu : IDisposable
{
    /// <summary>The vendor's id and the device's, as <see cref="PciFunction.Ids"/> writes them.</summary>
    public const string Ids = "1234:11e8";

    /// <summary>How much the device keeps, in bytes.</summary>
    public const int Capacity = 4096;

    private const int AddressBits = 28;
    private const ulong Window = 0x4_0000;
    private const byte Magic = 0xed;

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly VfioDevice _device;
    private readonly MappedRegion _registers;
    private readonly InterruptSet _interrupts;
    private readonly DmaBuffer _buffer;

    private Edu(VfioDevice device)
    {
        _device = device;
        device.Config.Command |= PciCommand.Memory;
        _registers = device.Regions.Bar(0).Map();
        uint identification = _registers.Read32(EduRegister.Identification);
        if ((byte)identification != Magic)
        {
            throw new InvalidDataException($"{device.Name} says that it is 0x{identification:x8}, which is no edu.");
        }

        _interrupts = device.Interrupts.Msi.Enable(1);
        _buffer = device.Dma.Allocate(Capacity, new DmaBufferOptions { AddressBits = AddressBits });
        SpinUntil(() => !IsMoving, "a DMA that was begun before");
        device.Config.Command |= PciCommand.BusMaster;
    }

    /// <summary>Takes over a device that is open.</summary>
    /// <exception cref="InvalidDataException">The device is no edu. It is closed.</exception>
    /// <exception cref="TimeoutException">An earlier program's DMA does not end. The device is closed.</exception>
    /// <exception cref="VfioException">A step failed. The device is closed.</exception>
    public static Edu Start(VfioDevice device)
    {
        try
        {
            return new Edu(device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Computes a factorial, modulo 2^32, and waits by reading: first for the end of one that was given up.</summary>
    /// <exception cref="TimeoutException">The device does not come to an end.</exception>
    public uint Factorial(uint number)
    {
        SpinUntil(() => !IsComputing, "a factorial that was begun before");
        _registers.Write32(EduRegister.Factorial, number);
        SpinUntil(() => !IsComputing, "a factorial");
        return _registers.Read32(EduRegister.Factorial);
    }

    /// <summary>Computes a factorial, modulo 2^32, and waits for the interrupt.</summary>
    public async Task<uint> FactorialAsync(uint number, CancellationToken cancellationToken)
    {
        await IdleAsync(cancellationToken).ConfigureAwait(false);
        _registers.Write32(EduRegister.Status, (uint)EduStatus.InterruptWhenComputed);
        _registers.Write32(EduRegister.Factorial, number);
        await InterruptedAsync(EduInterrupt.Computed, cancellationToken).ConfigureAwait(false);
        _registers.Write32(EduRegister.Status, (uint)EduStatus.None);
        return _registers.Read32(EduRegister.Factorial);
    }

    /// <summary>Has the device keep data, from the first byte on.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, Capacity, nameof(data));
        await IdleAsync(cancellationToken).ConfigureAwait(false);
        data.Span.CopyTo(_buffer.AsSpan());
        await MoveAsync(_buffer.Iova, Window, data.Length, EduDma.None, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets back what the device keeps, from the first byte on.</summary>
    public async Task ReadAsync(Memory<byte> data, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, Capacity, nameof(data));
        await IdleAsync(cancellationToken).ConfigureAwait(false);
        await MoveAsync(Window, _buffer.Iova, data.Length, EduDma.ToMemory, cancellationToken).ConfigureAwait(false);
        _buffer.AsSpan(0, data.Length).CopyTo(data.Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _device.Config.Command &= ~PciCommand.BusMaster;
        }
        catch (VfioException)
        {
            // A device that is gone does no DMA any more.
        }

        _interrupts.Dispose();
        _registers.Dispose();
        _device.Dispose();
        _buffer.Dispose();
    }

    private bool IsComputing => ((EduStatus)_registers.Read32(EduRegister.Status)).HasFlag(EduStatus.Computing);

    private bool IsMoving => ((EduDma)_registers.Read64(EduRegister.DmaCommand)).HasFlag(EduDma.Start);

    private bool IsBusy => IsComputing || IsMoving;

    private void SpinUntil(Func<bool> over, string what)
    {
        if (!SpinWait.SpinUntil(over, _limit))
        {
            throw new TimeoutException(
                $"{_device.Name}: {what} has not ended within {_limit.TotalSeconds} s. edu has no reset; a restart of the machine ends it.");
        }
    }

    private async Task MoveAsync(ulong from, ulong to, int length, EduDma direction, CancellationToken cancellationToken)
    {
        DmaBarrier.Write();
        _registers.Write64(EduRegister.DmaSource, from);
        _registers.Write64(EduRegister.DmaDestination, to);
        _registers.Write64(EduRegister.DmaCount, (ulong)length);
        _registers.Write64(EduRegister.DmaCommand, (ulong)(EduDma.Start | EduDma.InterruptWhenMoved | direction));
        await InterruptedAsync(EduInterrupt.Moved, cancellationToken).ConfigureAwait(false);
        DmaBarrier.Read();
    }

    /// <summary>Waits for the end of what an earlier call was cancelled in, and takes back what it set.</summary>
    private async Task IdleAsync(CancellationToken cancellationToken)
    {
        while (IsBusy)
        {
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }

        _registers.Write32(EduRegister.Status, (uint)EduStatus.None);
        _registers.Write32(EduRegister.InterruptAcknowledge, (uint)(EduInterrupt.Computed | EduInterrupt.Moved));
    }

    private async Task InterruptedAsync(EduInterrupt reason, CancellationToken cancellationToken)
    {
        EduInterrupt seen = EduInterrupt.None;
        while (!seen.HasFlag(reason) || IsBusy)
        {
            await _interrupts[0].WaitAsync(cancellationToken).ConfigureAwait(false);
            seen = (EduInterrupt)_registers.Read32(EduRegister.InterruptStatus);
            _registers.Write32(EduRegister.InterruptAcknowledge, (uint)seen);
        }
    }
}
