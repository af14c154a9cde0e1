using System.Numerics;
using static Vfio.Native.IommufdUapi;

namespace Vfio.Core;

/// <summary>
/// A page table of the IOMMU's (HWPT): the mappings of an <see cref="AddressSpace"/>, as devices see them that are attached to it. A
/// device that is attached to the address space itself gets one from the kernel; one's own can track what devices write, and hand out
/// page faults. Iommufd only.
/// </summary>
/// <remarks>
/// Thread-safe. Devices that are attached, and the address space, stay as they are when this is disposed: the kernel's object is
/// destroyed after the last device has left it, and before the address space. Disposing in any other order comes to the same.
/// </remarks>
public sealed class HardwarePageTable : IDisposable
{
    private const int BitsPerWord = 64;

    private readonly PageTableObject _table;
    private readonly Lock _gate = new();
    private volatile bool _disposed;

    private HardwarePageTable(AddressSpace space, PageTableObject table)
    {
        AddressSpace = space;
        _table = table;
    }

    /// <summary>The address space whose mappings it has, those that are yet to be made included.</summary>
    public AddressSpace AddressSpace { get; }

    /// <summary>
    /// Begins or ends the tracking of what devices write through it (<c>IOMMU_HWPT_SET_DIRTY_TRACKING</c>). Beginning forgets what was
    /// written before.
    /// </summary>
    /// <exception cref="VfioException">
    /// It was made without <see cref="HardwarePageTableOptions.TrackDirtyPages"/>, or the kernel refused.
    /// </exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void SetDirtyTracking(bool enabled) => Require().SetDirtyTracking(enabled);

    /// <summary>Tells which pages devices have written through it (<c>IOMMU_HWPT_GET_DIRTY_BITMAP</c>).</summary>
    /// <param name="first">The first address, a multiple of the page size.</param>
    /// <param name="length">How many bytes, whole pages, all of them mapped.</param>
    /// <param name="pageSize">
    /// How many bytes a bit stands for: a power of two. Where the IOMMU's own pages are larger, all bits of one are set;
    /// <see cref="AddressSpaceOptions.LargePages"/> keeps them small.
    /// </param>
    /// <param name="bitmap">Receives a bit for each page, the lowest of the first word for the first page. Words beyond are left alone.</param>
    /// <param name="clear">Whether they then count as clean, until they are written again.</param>
    /// <exception cref="ArgumentException">The bitmap is too short, or the range is no whole pages.</exception>
    /// <exception cref="VfioException">Part of the range is not mapped, the page table does not track, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    public void ReadDirtyBitmap(Iova first, long length, long pageSize, Span<ulong> bitmap, bool clear = true)
    {
        if (pageSize <= 0 || !BitOperations.IsPow2(pageSize))
        {
            throw new ArgumentOutOfRangeException(nameof(pageSize), pageSize, "A page has a power of two of bytes.");
        }

        RequirePages(length > 0 && (length & (pageSize - 1)) == 0, nameof(length), length, pageSize);
        RequirePages((first.Value & (ulong)(pageSize - 1)) == 0, nameof(first), first, pageSize);
        long words = ((length / pageSize) + BitsPerWord - 1) / BitsPerWord;
        if (bitmap.Length < words)
        {
            throw new ArgumentException(
                $"A bitmap of 0x{length:x} bytes takes {words} words, and this has {bitmap.Length}.", nameof(bitmap));
        }

        AddressSpace.ReadDirtyBitmap(Require(), first, (ulong)length, (ulong)pageSize, bitmap[..(int)words], clear);
    }

    /// <summary>Gives the page table up. Its devices keep the kernel's object until they leave it.</summary>
    public void Dispose()
    {
        // Whoever comes second waits.
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _table.Dispose();
            AddressSpace.TableLeft();
            AddressSpace.RemoveUser();
        }
    }

    /// <summary>Makes a page table for a device.</summary>
    internal static HardwarePageTable Allocate(AddressSpace space, DeviceAttachment device, HardwarePageTableOptions options)
    {
        _ = Backend(space);
        if (device is not CdevAttachment cdev)
        {
            throw BackendErrors.NotSupported(
                nameof(IOMMU_HWPT_ALLOC),
                device.Name,
                device.Space?.Iommu.Kind,
                "a page table of a device's own",
                "Open the device with iommufd");
        }

        cdev.RequireSame(space);
        using DescriptorLease open = cdev.Device.Lease();
        return Allocate(space, cdev.Id, cdev.Name, options);
    }

    /// <summary>Makes a page table for whatever has a number in the iommufd.</summary>
    internal static HardwarePageTable Allocate(AddressSpace space, uint device, string name, HardwarePageTableOptions options)
    {
        IommufdObject ioas = Backend(space).Ioas;
        if (options.FaultQueue is { } faults && !ReferenceEquals(faults.Require().Iommufd, ioas.Iommufd))
        {
            throw BackendErrors.WrongSpace(
                name,
                nameof(IOMMU_HWPT_ALLOC),
                "the fault queue belongs to another iommufd than the address space",
                "Make the queue with an address space of the same MemoryAccounting, and from the same passed descriptor if any");
        }

        ObjectDisposedException.ThrowIf(!space.TryAddUser(), space);
        try
        {
            // The page table's reach becomes the address space's.
            return space.WithDevices(() =>
            {
                var table = new HardwarePageTable(space, PageTableObject.Allocate(ioas, device, name, options));
                space.LearnRanges();
                return table;
            });
        }
        catch
        {
            space.RemoveUser();
            throw;
        }
    }

    /// <summary>The kernel's object.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    internal PageTableObject Require()
    {
        // The object alone would answer for as long as a device is attached.
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _table;
    }

    private static IoasBackend Backend(AddressSpace space)
        => IoasBackend.Of(space, nameof(IOMMU_HWPT_ALLOC), "a page table of a device's own");

    private static void RequirePages(bool holds, string name, object value, long pageSize)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"It must be a multiple of the page size, 0x{pageSize:x}.");
        }
    }
}
