namespace Vfio.Core;

/// <content>What a device may have beyond regions and interrupts.</content>
public sealed partial class VfioDevice
{
    private DeviceFeatures? _features;
    private DevicePower? _power;

    /// <summary>The device's features: which it has, and the plain ones by name.</summary>
    public DeviceFeatures Features => LazyInitializer.EnsureInitialized(ref _features, () => new DeviceFeatures(_transport));

    /// <summary>The device's states of power.</summary>
    public DevicePower Power => LazyInitializer.EnsureInitialized(ref _power, () => new DevicePower(this));
}
