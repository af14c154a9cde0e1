namespace Vfio.Core;

/// <summary>A transport to a device that can be reset together with all that shares its bus or slot.</summary>
/// <remarks>Methods are thread-safe, and throw <see cref="ObjectDisposedException"/> once disposed.</remarks>
internal interface IHotResetTransport
{
    /// <summary>Tells what a reset hits; null where nothing can reset it.</summary>
    /// <exception cref="VfioException">The device has no such reset, or the kernel refused to tell.</exception>
    IReadOnlyList<HotResetMember>? GetHotResetMembers();

    /// <summary>Resets all that a reset hits.</summary>
    /// <param name="groups">
    /// The groups that own what is hit, kept open by the caller; none where the device is owned without one.
    /// </param>
    /// <param name="busyTimeout">How long to try again while something else has a lock.</param>
    /// <returns>Zero, or the errno of the refusal.</returns>
    int HotReset(IReadOnlyList<IOpenGroup> groups, TimeSpan busyTimeout);
}
