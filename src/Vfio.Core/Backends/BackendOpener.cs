using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>From what was asked for to an open back end.</summary>
internal static class BackendOpener
{
    /// <summary>Opens the best back end that the options, the environment and the host leave.</summary>
    public static IommuBackend Open(VfioHost host, AddressSpaceOptions options)
    {
        BackendChoice choice = BackendChoice.Of(options.Backend, host.Preference);
        if (options.Node is { } node && !choice.IsForced)
        {
            choice = new BackendChoice(Recognize(host.Kernel, node, options.AllowUnsafeNoIommu), IsForced: true);
        }

        VfioException? first = null;
        foreach (IReadOnlyList<VfioBackend> candidate in choice.Candidates(
            host, host.HasDeviceNodes, hasGroup: true, options.AllowUnsafeNoIommu))
        {
            try
            {
                return Open(host, candidate, options);
            }
            catch (VfioException error) when (IsAboutNodes(error))
            {
                first ??= error;
            }
        }

        throw first ?? BackendErrors.NothingSuits(choice, options.AllowUnsafeNoIommu);
    }

    /// <summary>Opens one of several back ends that the same node serves.</summary>
    public static IommuBackend Open(VfioHost host, IReadOnlyList<VfioBackend> kinds, AddressSpaceOptions options)
    {
        if (kinds[0] == VfioBackend.Iommufd)
        {
            return IoasBackend.Open(host, options);
        }

        if ((kinds[0] == VfioBackend.NoIommu) != options.AllowUnsafeNoIommu)
        {
            throw BackendErrors.Isolation(kinds[0], options.AllowUnsafeNoIommu);
        }

        if (!options.LargePages)
        {
            throw BackendErrors.NotSupported(
                "IOMMU_OPTION_HUGE_PAGES",
                nameof(AddressSpaceOptions),
                kinds[0],
                "keeping one address space from large pages",
                "Use iommufd, or the parameter disable_hugepages of vfio_iommu_type1 for all containers");
        }

        bool perUser = kinds[0] is VfioBackend.CompatType1V2 or VfioBackend.CompatType1V1;
        if (options.Accounting == (perUser ? MemoryAccounting.Process : MemoryAccounting.User))
        {
            throw BackendErrors.NotSupported(
                "IOMMU_OPTION_RLIMIT_MODE",
                nameof(AddressSpaceOptions),
                kinds[0],
                $"counting locked memory per {(perUser ? "process" : "user")}",
                "Use iommufd, or leave MemoryAccounting at its default");
        }

        return ContainerBackend.Open(host, kinds, options.Node);
    }

    /// <summary>Whether an open failed for want of a node that this process may open: another back end has other nodes.</summary>
    public static bool IsAboutNodes(VfioException error)
        => error.Kind is VfioErrorKind.PermissionDenied or VfioErrorKind.NoVfio or VfioErrorKind.NodeMissing;

    private static VfioBackend[] Recognize(IVfioKernel kernel, SafeHandle node, bool noIommu)
    {
        using var passed = new PassedLease(node);
        return IommufdHandle.Recognizes(kernel, passed.Fd) ? [VfioBackend.Iommufd]
            : noIommu ? [VfioBackend.NoIommu]
            : [VfioBackend.Type1V2, VfioBackend.Type1V1];
    }
}
