namespace Vfio.Nvme.Tool.Sessions;

/// <summary>Finds the namespace that a command is about.</summary>
internal static class NamespaceChoice
{
    /// <summary>The namespace that was asked for, or the first that can be used, or else the first.</summary>
    public static NvmeNamespace Any(NvmeController controller, uint? id)
    {
        IReadOnlyList<NvmeNamespace> all = controller.Namespaces;
        NvmeNamespace? space = id is null
            ? all.FirstOrDefault(static each => each.IsUsable) ?? (all.Count > 0 ? all[0] : null)
            : all.FirstOrDefault(each => each.Id == id);
        return space ?? throw new UsageException(id is null ? $"{controller.Name} has no active namespace." : $"{controller.Name} has no active namespace {id}.");
    }

    /// <summary>Checks that this driver can read and write it.</summary>
    public static void RequireUsable(NvmeController controller, NvmeNamespace space)
    {
        LbaFormat format = space.Identity.Format;
        string? problem = space.BlockCount == 0 || space.BlockSize == 0 ? "has no blocks"
            : format.MetadataSize > 0 ? $"has {format.MetadataSize} bytes of metadata with each block, which this driver does not handle; 'nvme-vfio format' makes it one without"
            : space.BlockSize > controller.MaxTransfer ? $"has blocks of {space.BlockSize} bytes, and a command moves {controller.MaxTransfer} bytes at most"
            : space.IsUsable ? null : "is no longer what it was";
        if (problem is not null)
        {
            throw new UsageException($"namespace {space.Id} of {controller.Name} {problem}.");
        }
    }
}
