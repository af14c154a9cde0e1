namespace Vfio.Core;

/// <summary>A transport to a device that can be asked for features (<c>VFIO_DEVICE_FEATURE</c>).</summary>
/// <remarks>Methods are thread-safe, and throw <see cref="ObjectDisposedException"/> once disposed.</remarks>
internal interface IFeatureTransport
{
    /// <summary>Asks for, or sets, one feature; or only whether that can be done.</summary>
    /// <param name="feature">The feature's number.</param>
    /// <param name="operation">What: a probe, a get, a set, as the kernel's flags have it.</param>
    /// <param name="data">What the feature takes and gives, in place.</param>
    /// <returns>Zero or what the feature answers, such as a descriptor; or the negated errno of the refusal.</returns>
    int Feature(DeviceFeature feature, FeatureOperations operation, Span<byte> data);
}
