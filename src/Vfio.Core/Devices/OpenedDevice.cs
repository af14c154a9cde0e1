namespace Vfio.Core;

/// <summary>A device that was opened: the way to it, and its place in an address space.</summary>
internal readonly record struct OpenedDevice(IDeviceTransport Transport, DeviceAttachment Attachment);
