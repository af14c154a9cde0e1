namespace Vfio.Nvme;

/// <summary>The end of a command, as a driver's user gets it.</summary>
/// <param name="CommandId">The command: the identifier that its submission gave. From here on another command may have it.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Result">What it returns beside its status, by command.</param>
public readonly record struct NvmeCompletion(ushort CommandId, NvmeStatus Status, uint Result)
{
    /// <summary>Whether the command did what it was to do.</summary>
    public bool IsSuccess => Status.IsSuccess;
}
