using Vfio.Core;
using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Queues;

/// <summary>A controller with a queue, and memory for its data.</summary>
internal sealed class QueueFixture : IDisposable
{
    private const int DataLength = 4 << 20;

    public QueueFixture(ModelController? model = null, IoQueuePairOptions? queue = null, NvmeControllerOptions? options = null)
    {
        Model = model ?? new ModelController();
        Controller = NvmeController.Open(Model, options is null ? Model.Options : options with { Clock = Model.Clock });
        Queue = Controller.CreateQueue(queue);
        Data = Model.Allocate(DataLength);
    }

    public ModelController Model { get; }

    public NvmeController Controller { get; }

    public IoQueuePair Queue { get; }

    public NvmeMemory Data { get; }

    public NvmeNamespace Namespace => Controller.Namespaces[0];

    public ModelNamespace Blocks => Model.Namespaces[0];

    public Iova At(long offset) => Data.Iova + offset;

    /// <summary>Waits for one command, which must be the only one.</summary>
    public NvmeStatus End(ushort command)
    {
        Queue.Ring();
        Span<NvmeCompletion> ended = stackalloc NvmeCompletion[2];
        int count = 0;
        while (count == 0)
        {
            count = Queue.Reap(ended);
        }

        Assert.Equal(1, count);
        Assert.Equal(command, ended[0].CommandId);
        return ended[0].Status;
    }

    public void Dispose()
    {
        Queue.Dispose();
        Data.Dispose();
        Controller.Dispose();
        Assert.Equal(0, Model.Bus.LiveCount);
        Assert.Empty(Model.Bus.Faults);
        Assert.Equal(0, Model.StrayDoorbells);
    }
}
