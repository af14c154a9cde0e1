namespace Vfio.Core;

/// <summary>A transport to a device that can be reset together with all that shares its bus or slot.</summary>
/// <remarks>Methods are thread-safe, and throw <see cref="ObjectDisposedException"/> once disposed.</remarks>
internal interface IHotResetTransport
{
    /// <summary>Tells what a reset hits; null where nothing can reset it.</summary>
    /// <exception cref="VfioException">The device has no such reset, or the kernel refused to tell.</exception>
    IReadOnlyList<HotResetMember>? GetHotResetMembers();
}
