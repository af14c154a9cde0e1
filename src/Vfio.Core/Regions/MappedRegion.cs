using System.Runtime.CompilerServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>A region that is mapped into the process: a register access is one instruction.</summary>
/// <remarks>
/// <para>Parts that the kernel does not let be mapped are reached by calls at the same offsets. (An MSI-X table, where the
/// kernel keeps it from being mapped, reads as all ones and cannot be written in this way: it is the kernel's.) There is no span over registers on purpose: what is done with a span may become accesses of any width
/// and number.</para>
/// <para>Thread-safe. An access that races with <see cref="Dispose"/>, its own or the device's, either reaches the
/// device, or throws <see cref="ObjectDisposedException"/>, or reads zero and writes nothing: the addresses stay valid
/// until no thread uses the object.</para>
/// <para>Where the device does not answer (its memory is disabled in the command register, it is in reset, or gone) the
/// kernel ends the process with SIGBUS.</para>
/// </remarks>
public sealed unsafe class MappedRegion : IRegisterAccess, IDisposable
{
    private readonly VfioDevice _device;
    private readonly DeviceRegion _region;
    private readonly IVfioKernel _kernel;
    private readonly MemoryHandle _memory;
    private readonly Lock _gate = new();
    private readonly RegionArea[] _areas;
    private readonly byte* _base;

    // The part that the fast path serves. Emptied on dispose, so that one comparison checks bounds and life.
    private readonly long _mappedStart;
    private long _mappedEnd;
    private int _disposed;

    private MappedRegion(VfioDevice device, DeviceRegion region, IVfioKernel kernel, MemoryHandle memory, RegionArea[] areas)
    {
        _device = device;
        _region = region;
        _kernel = kernel;
        _memory = memory;
        _areas = areas;
        _base = (byte*)memory.Address;
        RegionArea largest = areas.MaxBy(static area => area.Length);
        _mappedStart = largest.Offset;
        _mappedEnd = largest.End;
    }

    /// <inheritdoc/>
    public long Length => _region.Length;

    /// <summary>The parts that are mapped; the others are reached by calls.</summary>
    public IReadOnlyList<RegionArea> Areas => _areas;

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public byte Read8(long offset)
    {
        byte value = IsMapped(offset, sizeof(byte)) ? Mmio.Read8(_base + offset) : _region.Read8(Live(offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public ushort Read16(long offset)
    {
        ushort value = IsMapped(offset, sizeof(ushort)) ? Mmio.Read16(_base + offset) : _region.Read16(Live(offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public uint Read32(long offset)
    {
        uint value = IsMapped(offset, sizeof(uint)) ? Mmio.Read32(_base + offset) : _region.Read32(Live(offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public ulong Read64(long offset)
    {
        ulong value = IsMapped(offset, sizeof(ulong)) ? Mmio.Read64(_base + offset) : _region.Read64(Live(offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write8(long offset, byte value)
    {
        if (IsMapped(offset, sizeof(byte)))
        {
            Mmio.Write8(_base + offset, value);
        }
        else
        {
            _region.Write8(Live(offset), value);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write16(long offset, ushort value)
    {
        if (IsMapped(offset, sizeof(ushort)))
        {
            Mmio.Write16(_base + offset, value);
        }
        else
        {
            _region.Write16(Live(offset), value);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write32(long offset, uint value)
    {
        if (IsMapped(offset, sizeof(uint)))
        {
            Mmio.Write32(_base + offset, value);
        }
        else
        {
            _region.Write32(Live(offset), value);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    public void Write64(long offset, ulong value)
    {
        if (IsMapped(offset, sizeof(ulong)))
        {
            Mmio.Write64(_base + offset, value);
        }
        else
        {
            _region.Write64(Live(offset), value);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Takes the registers out of the process. Idempotent.</summary>
    public void Dispose()
    {
        // Whoever comes second waits, because the device closes when it has disposed its regions.
        lock (_gate)
        {
            if (_disposed != 0)
            {
                return;
            }

            Volatile.Write(ref _disposed, 1);
            Detach();
        }

        _device.Forget(this);
    }

    internal static MappedRegion Create(VfioDevice device, DeviceRegion region, IDeviceTransport transport, RegionInfo info)
    {
        IVfioKernel kernel = device.Host.Kernel;
        long page = Environment.SystemPageSize;
        RegionArea[] areas = [.. info.MappableAreas];
        MemoryHandle memory = MemoryHandle.Reserve(kernel, (info.Size + page - 1) & ~(page - 1));
        try
        {
            foreach (RegionArea area in areas)
            {
                transport.Map(info, area.Offset, area.Length, memory.Address + (nint)area.Offset);
            }

            return new MappedRegion(device, region, kernel, memory, areas);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsMapped(long offset, int width)
    {
        if ((offset & (width - 1)) != 0)
        {
            AccessErrors.Throw(offset, width, Length);
        }

        return (offset >= _mappedStart && offset <= _mappedEnd - width) || IsInSmallerArea(offset, width);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsInSmallerArea(long offset, int width)
    {
        if (Volatile.Read(ref _disposed) != 0)
        {
            return false;
        }

        foreach (RegionArea area in _areas)
        {
            if (offset >= area.Offset && offset <= area.End - width)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts pages of the process where those of the device were.</summary>
    private void Detach()
    {
        // The end alone: with the start gone first, an access in between would take the gap before it for mapped.
        Volatile.Write(ref _mappedEnd, 0);

        // The device's pages go now, so that the device can close; the addresses go with the object, because another
        // thread may be between its check and its access.
        foreach (int protection in (ReadOnlySpan<int>)[Libc.PROT_READ | Libc.PROT_WRITE, Libc.PROT_READ, Libc.PROT_NONE])
        {
            // A system that accounts for all memory may refuse pages that can be written, but not the others.
            int result = _kernel.MapMemory(
                _base,
                (nuint)_memory.Length,
                protection,
                Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE | Libc.MAP_FIXED,
                -1,
                0,
                out _);
            if (result >= 0)
            {
                return;
            }
        }
    }

    private long Live(long offset)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return offset;
    }
}
