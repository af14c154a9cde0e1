namespace Vfio.Core;

/// <summary>How a device is opened.</summary>
public sealed record VfioDeviceOptions
{
    /// <summary>
    /// The address space that the device joins. By default that of its group where this process has the group open
    /// already, and a new one otherwise.
    /// </summary>
    public AddressSpace? AddressSpace { get; init; }
}
