using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>What is asked of a feature, in the kernel's flags.</summary>
[Flags]
internal enum FeatureOperations
{
    None = 0,
    Get = VFIO_DEVICE_FEATURE_GET,
    Set = VFIO_DEVICE_FEATURE_SET,

    /// <summary>With one of the others: whether it could be done.</summary>
    Probe = VFIO_DEVICE_FEATURE_PROBE,
}
