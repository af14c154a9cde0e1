using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The ways of migration that a device has (<c>VFIO_DEVICE_FEATURE_MIGRATION</c>).</summary>
[Flags]
public enum DeviceMigration
{
    /// <summary>None: the device cannot be migrated.</summary>
    None = 0,

    /// <summary>It is stopped, and then its state is copied.</summary>
    StopCopy = VFIO_MIGRATION_STOP_COPY,

    /// <summary>It also has a state in which it starts no DMA to other devices, so that several stop together.</summary>
    PeerToPeer = VFIO_MIGRATION_P2P,

    /// <summary>Its state can also be copied in part while it runs.</summary>
    PreCopy = VFIO_MIGRATION_PRE_COPY,
}
