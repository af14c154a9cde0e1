using Vfio.Core;
using Xunit;

namespace Vfio.Device.Tests.Lab;

/// <summary>
/// The back end that this run of the tests is about: what VFIO_BACKEND says, or else the best of the host. The tests are written once; the
/// few that only make sense with some back ends say so here, and are skipped with the reason.
/// </summary>
internal static class Mode
{
    private static readonly Lazy<VfioBackend> _backend = new(static () =>
    {
        using AddressSpace space = AddressSpace.Create(SpaceOptions);
        return space.Backend;
    });

    /// <summary>Whether the machine has no working IOMMU, and the run is about devices without one.</summary>
    public static bool IsNoIommu { get; } = Environment.GetEnvironmentVariable("VFIO_TEST_NOIOMMU") == "1";

    /// <summary>Whether the machine has no IOMMU, so that no device opens.</summary>
    public static bool LacksIommu { get; } = Environment.GetEnvironmentVariable("VFIO_TEST_MODE") == "without-iommu";

    /// <summary>Whether the machine's IOMMU does not remap interrupts, so that no device opens.</summary>
    public static bool LacksRemapping { get; } = Environment.GetEnvironmentVariable("VFIO_TEST_MODE") == "without-intremap";

    /// <summary>The back end.</summary>
    public static VfioBackend Backend => _backend.Value;

    public static bool IsIommufd => Backend == VfioBackend.Iommufd;

    /// <summary>Whether the container is VFIO's own, and not iommufd in its place.</summary>
    public static bool IsVfioContainer => Backend is VfioBackend.Type1V1 or VfioBackend.Type1V2;

    /// <summary>Whether memory can be mapped at all.</summary>
    public static bool HasMappings => Backend != VfioBackend.NoIommu;

    /// <summary>How the tests open devices, apart from what a test is about.</summary>
    public static VfioDeviceOptions DeviceOptions { get; } = new() { AllowUnsafeNoIommu = IsNoIommu };

    /// <summary>How the tests make address spaces, apart from what a test is about.</summary>
    public static AddressSpaceOptions SpaceOptions { get; } = new() { AllowUnsafeNoIommu = IsNoIommu };

    public static void RequireIommufd() => Assert.SkipUnless(IsIommufd, "needs iommufd itself, and this is a container");

    public static void RequireContainer() => Assert.SkipWhen(IsIommufd, "is about containers, and this is iommufd itself");

    public static void RequireVfioContainer()
        => Assert.SkipUnless(IsVfioContainer, "is about VFIO's own container, which alone has a limit of mappings and tracks by container");

    public static void RequireIommu() => Assert.SkipWhen(
        IsNoIommu, "needs an IOMMU: without one memory lies where it lies, and edu reaches the lowest 256 MiB only");

    /// <summary>Needs memory that devices can reach, wherever it lies.</summary>
    public static void RequireMapping()
        => Assert.SkipUnless(HasMappings, "needs mappings, and a container without an IOMMU has none");

    /// <summary>Needs the demonstration or the example to run, neither of which takes a device without an IOMMU.</summary>
    public static void RequireCommand() => Assert.SkipWhen(IsNoIommu, "runs a program that takes no device without an IOMMU");

    /// <summary>Needs no particular back end, and is slow enough that once for each kernel will do.</summary>
    public static void RequireBest() => Assert.SkipWhen(
        !IsIommufd && File.Exists("/dev/iommu"), "does not depend on the back end, and runs with iommufd where the kernel has it");

    /// <summary>Needs a machine on which devices open, with an IOMMU; once for each kernel will do.</summary>
    public static void RequireReports()
    {
        Assert.SkipWhen(LacksIommu || LacksRemapping, "opens devices, and this machine lacks what that takes");
        RequireIommu();
        RequireBest();
    }

    /// <summary>Opens nothing, so that it runs on all machines, and once on each will do.</summary>
    public static void RequireOncePerMachine()
    {
        if (!LacksIommu && !LacksRemapping)
        {
            RequireBest();
        }
    }

    /// <summary>Opens a device in an address space, or in one of its own.</summary>
    public static VfioDevice Open(PciAddress address, AddressSpace? space = null)
        => VfioDevice.Open(address, DeviceOptions with { AddressSpace = space });
}
