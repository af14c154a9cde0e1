using Vfio.Core;

namespace Vfio.Nvme.Tool.Sessions;

/// <summary>A controller that a command has open.</summary>
internal sealed class Session : IDisposable
{
    private Session(VfioFunction function, NvmeController controller)
    {
        Function = function;
        Controller = controller;
    }

    public VfioFunction Function { get; }

    public NvmeController Controller { get; }

    public static Session Open(PciAddress address, NvmeControllerOptions? options = null)
    {
        VfioFunction function = VfioFunction.Open(address);
        return new Session(function, NvmeController.Open(function, options));
    }

    /// <summary>The namespace that was asked for, or the first that can be used.</summary>
    public NvmeNamespace Namespace(uint? id)
    {
        NvmeNamespace space = NamespaceChoice.Any(Controller, id);
        NamespaceChoice.RequireUsable(Controller, space);
        return space;
    }

    /// <summary>Checks that one command can move so much.</summary>
    public void RequireTransfer(NvmeNamespace space, int length)
    {
        if (length % space.BlockSize != 0 || length > Controller.MaxTransfer)
        {
            throw new UsageException(
                $"--bs: a command of {Controller.Name} moves whole blocks of {space.BlockSize} bytes, and {Controller.MaxTransfer} bytes at most.");
        }

        if ((ulong)length > space.BlockCount * (ulong)space.BlockSize)
        {
            throw new UsageException($"--bs: namespace {space.Id} has {space.BlockCount} blocks of {space.BlockSize} bytes only.");
        }
    }

    /// <summary>Checks that there can be so many queues.</summary>
    public void RequireQueues(int count)
    {
        if (count > Controller.MaxQueues)
        {
            throw new UsageException($"--queues: {Controller.Name} gives {Controller.MaxQueues} queues.");
        }
    }

    /// <summary>A depth, as far as the controller goes.</summary>
    public int Depth(int wanted) => Math.Min(wanted, Controller.Capabilities.MaxQueueEntries - 1);

    public void Dispose() => Controller.Dispose();
}
