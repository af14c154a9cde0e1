namespace Vfio.Core.Tests;

/// <summary>A write that an event makes (<c>VFIO_DEVICE_IOEVENTFD</c>).</summary>
internal sealed record FakeWriteTrigger(ulong Offset, uint Width, ulong Value, FakeOpenFile Event);
