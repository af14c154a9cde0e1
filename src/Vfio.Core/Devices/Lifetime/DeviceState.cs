namespace Vfio.Core;

/// <summary>Where a device is in its life, in this order; see <see cref="DeviceLifetime.State"/>.</summary>
public enum DeviceState
{
    /// <summary>It is open, and nobody wants it back.</summary>
    Running,

    /// <summary>The kernel wants it back: somebody unbinds its driver, or takes it off the bus. It works as before until it is released.</summary>
    RemovalRequested,

    /// <summary>
    /// The library has released it, because the time for that was over. Every operation throws a <see cref="VfioException"/> of the kind
    /// <see cref="VfioErrorKind.DeviceGone"/>.
    /// </summary>
    Gone,

    /// <summary>Its user has disposed it. Every operation throws <see cref="ObjectDisposedException"/>.</summary>
    Disposed,
}
