namespace Vfio.Core;

/// <summary>What is known of an interrupt index (<c>VFIO_DEVICE_GET_IRQ_INFO</c>).</summary>
internal readonly record struct InterruptInfo(int Index, int Count, InterruptFeatures Features);
