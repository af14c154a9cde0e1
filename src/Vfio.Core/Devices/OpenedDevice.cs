namespace Vfio.Core;

/// <summary>A device that was opened: the way to it, and its place in an address space.</summary>
/// <param name="Transport">The way to it.</param>
/// <param name="Attachment">Its place.</param>
/// <param name="IsShared">Whether another process had opened it, and may have it open still.</param>
internal readonly record struct OpenedDevice(IDeviceTransport Transport, DeviceAttachment Attachment, bool IsShared = false);
