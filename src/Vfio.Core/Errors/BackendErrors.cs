namespace Vfio.Core;

/// <summary>What can be wrong with the choice of a back end, and what a back end cannot do.</summary>
internal static class BackendErrors
{
    public static VfioException UnknownName(string text) => new(
        VfioErrorKind.NotSupported,
        "choose a back end",
        VfioBackendName.Variable,
        $"'{text}' is no back end",
        $"Say one of {VfioBackendName.Choices}, or unset the variable");

    public static VfioException NothingSuits(BackendChoice choice, bool noIommu) => new(
        VfioErrorKind.NoVfio,
        "choose a back end",
        string.Join(", ", choice.Preferences.Select(VfioBackendName.Of)),
        noIommu ? "none of these serves a device without an IOMMU on this host" : "none of these serves the device on this host",
        $"Leave the choice to the library (unset {VfioBackendName.Variable}), or load the modules of VFIO");

    public static VfioException NoDeviceNode(string device) => new(
        VfioErrorKind.NodeMissing,
        "open",
        device,
        "the device has no node of its own below /dev/vfio/devices, which iommufd needs",
        "Use a kernel with CONFIG_VFIO_DEVICE_CDEV, or the container's back end (VFIO_BACKEND=type1)");

    public static VfioException NoGroup(string device) => new(
        VfioErrorKind.NodeMissing,
        "open",
        device,
        "the device is in no group that could be put into a container",
        "Use a kernel with CONFIG_VFIO_GROUP, or iommufd (VFIO_BACKEND=iommufd)");

    /// <summary>A back end does not do this; nothing was changed.</summary>
    public static VfioException NotSupported(string step, string subject, VfioBackend? backend, string what, string remedy) => new(
        VfioErrorKind.NotSupported,
        step,
        subject,
        $"{what} is nothing that {(backend is { } known ? $"the back end {VfioBackendName.Of(known)}" : "a container")} can do",
        remedy);

    /// <summary>A back end that does not fit what the address space is for.</summary>
    public static VfioException Isolation(VfioBackend backend, bool noIommu) => new(
        noIommu ? VfioErrorKind.NotSupported : VfioErrorKind.NoIsolation,
        "choose a back end",
        VfioBackendName.Of(backend),
        noIommu
            ? "the address space is for devices without an IOMMU, and this back end works through one"
            : "without an IOMMU a device could read and write all memory, and nobody has agreed to that",
        noIommu
            ? "Use iommufd or noiommu, or leave the choice to the library"
            : "Set AllowUnsafeNoIommu if every user of the machine may be trusted with all of its memory, or use another back end");

    /// <summary>A device and an address space of which only one has an IOMMU.</summary>
    public static VfioException WrongIsolation(string device, bool noIommu) => new(
        noIommu ? VfioErrorKind.NoIsolation : VfioErrorKind.NotSupported,
        "open",
        device,
        noIommu
            ? "no IOMMU stands between the device and memory, and the address space relies on one"
            : "the device has an IOMMU, and the address space is for devices without one",
        "Open it without naming an address space, or with one that suits it (AddressSpaceOptions.AllowUnsafeNoIommu)");

    /// <summary>A device cannot go into this address space; nothing was changed.</summary>
    public static VfioException WrongSpace(string device, string step, string problem, string remedy) => new(
        VfioErrorKind.NotSupported, step, device, problem, remedy);
}
