using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>
/// The way to a device: how its regions, interrupts and reset are reached. The kernel's VFIO is one; a device in
/// another process or in this one can be others. Everything above this speaks of regions and interrupts, never of
/// descriptors.
/// </summary>
/// <remarks>Methods are thread-safe, and throw what <see cref="Ended"/> says once disposed.</remarks>
internal interface IDeviceTransport : IDisposable
{
    /// <summary>The device's name, for messages.</summary>
    string Name { get; }

    /// <summary>Makes what methods throw once this is disposed; without it that is <see cref="ObjectDisposedException"/>.</summary>
    Func<Exception>? Ended { get; set; }

    /// <summary>Whether <see cref="Reset"/> can work.</summary>
    bool CanReset { get; }

    /// <summary>How many regions there are.</summary>
    int RegionCount { get; }

    /// <summary>How many interrupt indexes there are.</summary>
    int InterruptCount { get; }

    /// <summary>Describes a region; one of size zero where the device has none at this index.</summary>
    RegionInfo GetRegion(int index);

    /// <summary>Reads a region; all of it or an exception.</summary>
    void Read(RegionInfo region, long offset, Span<byte> destination);

    /// <summary>Writes a region; all of it or an exception.</summary>
    void Write(RegionInfo region, long offset, ReadOnlySpan<byte> source);

    /// <summary>Puts part of a region over reserved addresses.</summary>
    void Map(RegionInfo region, long offset, long length, nint address);

    /// <summary>Makes a descriptor of part of a region, by which others can map it.</summary>
    /// <exception cref="VfioException">The device or the kernel cannot.</exception>
    SafeHandle Export(RegionInfo region, long offset, long length);

    /// <summary>Describes an interrupt index; one of count zero where the device has none.</summary>
    InterruptInfo GetInterrupt(int index);

    /// <summary>
    /// Connects vectors to events, and enables them. The first call for an index sets aside the vectors up to the last; later ones change those that they
    /// name, and leave the others.
    /// </summary>
    /// <param name="interrupt">The index.</param>
    /// <param name="events">The events; null disconnects a vector.</param>
    /// <param name="first">The vector of the first event.</param>
    void EnableInterrupts(InterruptInfo interrupt, ReadOnlySpan<EventFd?> events, int first = 0);

    /// <summary>Disables all vectors of an index.</summary>
    void DisableInterrupts(InterruptInfo interrupt);

    /// <summary>Masks or unmasks one vector.</summary>
    void MaskInterrupt(InterruptInfo interrupt, int vector, bool masked);

    /// <summary>Gives a vector an event that unmasks it when it is signalled, or with null takes it away. Disabling does so too.</summary>
    /// <exception cref="VfioException">The device or the kernel cannot.</exception>
    void SetUnmaskEvent(InterruptInfo interrupt, int vector, EventFd? unmask);

    /// <summary>Triggers one vector as if the device had.</summary>
    void TriggerInterrupt(InterruptInfo interrupt, int vector);

    /// <summary>Resets the function.</summary>
    /// <param name="busyTimeout">How long to try again while something else has a lock.</param>
    void Reset(TimeSpan busyTimeout);
}
