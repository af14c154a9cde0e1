using Vfio.Native;

namespace Vfio.Core;

/// <summary>A region that is mapped into the process: a register access is one instruction.</summary>
/// <remarks>
/// <para>Parts that the kernel does not let be mapped are reached by calls at the same offsets. (An MSI-X table, where the
/// kernel keeps it from being mapped, reads as all ones and cannot be written in this way: it is the kernel's.) There is no span over registers on purpose: what is done with a span may become accesses of any width
/// and number.</para>
/// <para>Thread-safe. An access that races with <see cref="Dispose"/>, its own or the device's, either reaches the
/// device or throws: the addresses stay valid until no thread uses the object.</para>
/// <para>Where the device does not answer (its memory is disabled in the command register, it is in low power, or gone) an access throws a
/// <see cref="VfioException"/> of the kind <see cref="VfioErrorKind.DeviceUnreachable"/> or <see cref="VfioErrorKind.DeviceGone"/>,
/// and works again when the device does. Of a block, or of accesses at the same time, some may have reached the device although an
/// exception came. This takes a handler of SIGBUS: where there is none (<see cref="IsGuarded"/>) the kernel ends the process. A read that
/// gives nothing but ones asks the device for its status in configuration space, a system call, because a bus without a device
/// reads so too.</para>
/// </remarks>
public sealed unsafe partial class MappedRegion : IRegisterAccess, IDisposable
{
    private readonly VfioDevice _device;
    private readonly DeviceRegion _region;
    private readonly IDeviceTransport _transport;
    private readonly RegionInfo _info;
    private readonly IVfioKernel _kernel;
    private readonly MemoryHandle _memory;
    private readonly Lock _gate = new();
    private readonly RegionArea[] _areas;
    private readonly byte* _base;
    private readonly FaultRange _range;
    private readonly ulong* _epoch;

    // The part that the fast path serves, whole words of it. Emptied on dispose, so that one comparison checks bounds and life.
    private readonly long _fastStart;
    private ulong _fastLength;
    private int _disposed;
    private bool _endsWithDevice;

    private MappedRegion(VfioDevice device, DeviceRegion region, IDeviceTransport transport, RegionInfo info, MemoryHandle memory)
    {
        _device = device;
        _region = region;
        _transport = transport;
        _info = info;
        _kernel = device.Host.Kernel;
        _memory = memory;
        _areas = [.. info.MappableAreas];
        _base = (byte*)memory.Address;
        _range = memory.Guard();
        _epoch = _range.Epoch;
        RegionArea largest = _areas.MaxBy(static area => area.Length);
        _fastStart = largest.Offset;
        _fastLength = (ulong)largest.Length & ~(ulong)(sizeof(ulong) - 1);
    }

    /// <inheritdoc/>
    public long Length => _region.Length;

    /// <summary>The parts that are mapped; the others are reached by calls.</summary>
    public IReadOnlyList<RegionArea> Areas => _areas;

    /// <summary>
    /// Whether an access that the device does not answer is an exception. Not so where the library could put no handler of
    /// <c>SIGBUS</c> in place, which it does on x64: the access then ends the process.
    /// </summary>
    public bool IsGuarded { get; } = FaultHandler.IsInstalled;

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

            _endsWithDevice = _device.Lifetime.IsGone;
            Volatile.Write(ref _disposed, 1);
            Detach();
        }

        _device.Forget(this);
    }

    internal static MappedRegion Create(VfioDevice device, DeviceRegion region, IDeviceTransport transport, RegionInfo info)
    {
        long page = SystemPage.Size;
        MemoryHandle memory = MemoryHandle.Reserve(device.Host.Kernel, (info.Size + page - 1) & ~(page - 1));
        try
        {
            var mapped = new MappedRegion(device, region, transport, info, memory);
            mapped.MapAreas();
            return mapped;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private void MapAreas()
    {
        foreach (RegionArea area in _areas)
        {
            _transport.Map(_info, area.Offset, area.Length, _memory.Address + (nint)area.Offset);
        }
    }

    /// <summary>Puts pages of the process where those of the device were.</summary>
    private void Detach()
    {
        Volatile.Write(ref _fastLength, 0);
        _range.Detach();

        // The device's pages go now, so that the device can close; the addresses go with the object, because another
        // thread may be between its check and its access.
        const int Private = (int)(Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE);
        int result = Cover(Libc.PROT_READ | Libc.PROT_WRITE, Private, -1);
        if (result < 0 && FaultHandler.IsInstalled)
        {
            // A system that accounts for all memory may refuse pages that can be written, but not those of a file, even where it has none:
            // an access then faults, and finds zeros like any other that is too late.
            result = CoverByEmptyFile();
        }

        foreach (int protection in (ReadOnlySpan<int>)[(int)Libc.PROT_READ, (int)Libc.PROT_NONE])
        {
            result = result < 0 ? Cover(protection, Private, -1) : result;
        }

        if (result < 0)
        {
            throw DeviceErrors.NotDetached(_transport.Name, _info.Index, -result);
        }
    }

    private int CoverByEmptyFile()
    {
        int fd = _kernel.CreateMemoryFile(0);
        if (fd < 0)
        {
            return fd;
        }

        using var file = new KernelHandle(_kernel, fd, "memfd");
        return Cover(Libc.PROT_READ | Libc.PROT_WRITE, (int)Libc.MAP_SHARED, fd);
    }

    private int Cover(int protection, int flags, int fd)
        => _kernel.MapMemory(_base, (nuint)_memory.Length, protection, flags | (int)Libc.MAP_FIXED, fd, 0, out _);
}
