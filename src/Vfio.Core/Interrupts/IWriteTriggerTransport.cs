namespace Vfio.Core;

/// <summary>A transport that writes a value to a device whenever an event is signalled.</summary>
/// <remarks>Methods are thread-safe, and throw <see cref="ObjectDisposedException"/> once disposed.</remarks>
internal interface IWriteTriggerTransport
{
    /// <summary>
    /// Ties a write to an event, or with null unties the write of the same region, offset, width and value; it is not made any more when this returns.
    /// </summary>
    /// <exception cref="VfioException">The device or the kernel cannot.</exception>
    void SetWriteTrigger(RegionInfo region, long offset, int width, ulong value, EventFd? trigger);
}
