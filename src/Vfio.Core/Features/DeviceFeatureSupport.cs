namespace Vfio.Core;

/// <summary>What can be done with a feature of a device.</summary>
[Flags]
public enum DeviceFeatureSupport
{
    /// <summary>Nothing: the device, its driver or the kernel does not have it.</summary>
    None = 0,

    /// <summary>It is read (<c>VFIO_DEVICE_FEATURE_GET</c>).</summary>
    Get = 0x1,

    /// <summary>It is written, or done (<c>VFIO_DEVICE_FEATURE_SET</c>).</summary>
    Set = 0x2,
}
