using System.Runtime.InteropServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The features of a device beyond regions and interrupts (<c>VFIO_DEVICE_FEATURE</c>, since Linux 5.7).</summary>
/// <remarks>
/// Thread-safe. Each call is one ioctl; nothing is kept. Low power is <see cref="VfioDevice.Power"/>, and a BAR for other devices
/// <see cref="AddressSpace.MapRegion"/>. A device that is suspended is woken by any of these calls, as by every other.
/// </remarks>
public sealed class DeviceFeatures
{
    /// <summary>The longest data that a feature may take or give by <see cref="Get"/> and <see cref="Set"/>, in bytes.</summary>
    public const int MaxDataLength = 64 * 1024;

    private readonly IDeviceTransport _transport;

    internal DeviceFeatures(IDeviceTransport transport) => _transport = transport;

    /// <summary>Tells what can be done with a feature (<c>VFIO_DEVICE_FEATURE_PROBE</c>). Changes nothing.</summary>
    /// <param name="feature">The feature. It may be one that this library has no name for.</param>
    /// <returns><see cref="DeviceFeatureSupport.None"/> where the device, its driver or the kernel does not have it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There can be no feature of this number.</exception>
    /// <exception cref="VfioException">The kernel did not say.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public DeviceFeatureSupport GetSupport(DeviceFeature feature)
    {
        RequireNumber(feature);
        return (Probe(feature, FeatureOperations.Get) ? DeviceFeatureSupport.Get : DeviceFeatureSupport.None)
            | (Probe(feature, FeatureOperations.Set) ? DeviceFeatureSupport.Set : DeviceFeatureSupport.None);
    }

    /// <summary>Tells of every feature that this library knows by name what can be done with it.</summary>
    /// <exception cref="VfioException">The kernel did not say.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public IReadOnlyDictionary<DeviceFeature, DeviceFeatureSupport> GetAllSupport()
        => Enum.GetValues<DeviceFeature>().ToDictionary(static feature => feature, GetSupport);

    /// <summary>
    /// Sets the token that virtual functions of this physical function are opened with (<c>VFIO_DEVICE_FEATURE_PCI_VF_TOKEN</c>), in place
    /// of what was set before. Virtual functions that are open stay so. The kernel gives no token back.
    /// </summary>
    /// <exception cref="VfioException">The device is no physical function with SR-IOV on vfio-pci, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void SetToken(Guid token)
    {
        VfioToken bytes = new(token);
        Run(DeviceFeature.PciVfToken, FeatureOperations.Set, bytes);
    }

    /// <summary>
    /// Switches the DMA of a device on or off that has no command register (<c>VFIO_DEVICE_FEATURE_BUS_MASTER</c>). In Linux 7.3 only AMD's CDX
    /// bus has such devices: a PCI function says that it is not supported, and has <see cref="PciCommand.BusMaster"/> instead.
    /// </summary>
    /// <exception cref="VfioException">The device has no such switch, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void SetBusMaster(bool enabled)
    {
        var request = new vfio_device_feature_bus_master
        {
            op = (uint)(enabled ? VFIO_DEVICE_FEATURE_SET_MASTER : VFIO_DEVICE_FEATURE_CLEAR_MASTER),
        };
        Run(DeviceFeature.BusMaster, FeatureOperations.Set, Bytes(ref request));
    }

    /// <summary>Tells in which ways the device can be migrated (<c>VFIO_DEVICE_FEATURE_MIGRATION</c>). Variant drivers and some mediated devices can.</summary>
    /// <returns><see cref="DeviceMigration.None"/> where it cannot. Bits without a name are ways that came later.</returns>
    /// <exception cref="VfioException">The kernel refused to say.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public DeviceMigration GetMigration()
    {
        if (!GetSupport(DeviceFeature.Migration).HasFlag(DeviceFeatureSupport.Get))
        {
            return DeviceMigration.None;
        }

        var answer = default(vfio_device_feature_migration);
        Run(DeviceFeature.Migration, FeatureOperations.Get, Bytes(ref answer));
        return (DeviceMigration)answer.flags;
    }

    /// <summary>Gets a feature that this library has no method for, as bytes (<c>VFIO_DEVICE_FEATURE_GET</c>).</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="data">The feature's struct of <c>linux/vfio.h</c>: what it asks for goes in, what it tells comes out. At most <see cref="MaxDataLength"/> bytes.</param>
    /// <returns>Zero, or what the feature answers. A DMA-BUF's is a descriptor, which the caller owns and closes.</returns>
    /// <exception cref="ArgumentException">There can be no feature of this number, or the data are too long.</exception>
    /// <exception cref="VfioException">The feature cannot be got, or the kernel refused the data.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public int Get(DeviceFeature feature, Span<byte> data)
    {
        RequireNumber(feature);
        RequireLength(data);
        return Run(feature, FeatureOperations.Get, data);
    }

    /// <summary>Sets a feature that this library has no method for, as bytes (<c>VFIO_DEVICE_FEATURE_SET</c>).</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="data">
    /// The feature's struct of <c>linux/vfio.h</c>; what the kernel tells comes out. A descriptor among that, such as that of migration's data, the
    /// caller owns and closes. At most <see cref="MaxDataLength"/> bytes.
    /// </param>
    /// <returns>Zero, or what the feature answers.</returns>
    /// <inheritdoc cref="Get"/>
    public int Set(DeviceFeature feature, Span<byte> data)
    {
        RequireNumber(feature);
        RequireLength(data);
        return Run(feature, FeatureOperations.Set, data);
    }

    internal int Run(DeviceFeature feature, FeatureOperations operation, Span<byte> data)
    {
        int result = Transport.Feature(feature, operation, data);
        return result >= 0 ? result : throw FeatureErrors.Refused(_transport.Name, feature, operation, -result);
    }

    internal static Span<byte> Bytes<T>(ref T value)
        where T : unmanaged
        => MemoryMarshal.AsBytes(new Span<T>(ref value));

    private IFeatureTransport Transport => _transport as IFeatureTransport ?? throw FeatureErrors.NoFeatures(_transport.Name);

    private bool Probe(DeviceFeature feature, FeatureOperations operation)
    {
        int result = Transport.Feature(feature, operation | FeatureOperations.Probe, []);
        return result switch
        {
            >= 0 => true,

            // No such feature, not in this direction, not with this driver.
            -Errno.ENOTTY or -Errno.EINVAL or -Errno.EOPNOTSUPP => false,
            _ => throw FeatureErrors.Refused(_transport.Name, feature, operation | FeatureOperations.Probe, -result),
        };
    }

    private static void RequireNumber(DeviceFeature feature)
    {
        if ((uint)feature > VFIO_DEVICE_FEATURE_MASK)
        {
            throw new ArgumentOutOfRangeException(nameof(feature), feature, $"Numbers of features go from 0 to {VFIO_DEVICE_FEATURE_MASK}.");
        }
    }

    private static void RequireLength(ReadOnlySpan<byte> data)
    {
        if (data.Length > MaxDataLength)
        {
            throw new ArgumentException($"The data of a feature have at most {MaxDataLength} bytes, and not {data.Length}.", nameof(data));
        }
    }
}
