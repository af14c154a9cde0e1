using Vfio.Core;
using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Async;

/// <summary>Awaited I/O makes no garbage. What counts is the whole process's, because a command goes from thread to thread: no test runs beside.</summary>
[Collection(nameof(RunsAlone))]
public sealed class AsyncAllocationTests
{
    private const int Count = 2000;

    [Fact]
    public async Task Awaiting_allocates_nothing_per_command()
    {
        var model = new ModelController();
        using NvmeController controller = NvmeController.Open(model, model.Options);
        using var queue = AsyncQueuePair.Create(controller, depth: 4);
        using NvmeMemory data = model.Allocate(4096);
        model.Start();
        await ReadMany(queue, controller.Namespaces[0], data.Iova);
        long before = GC.GetTotalAllocatedBytes(precise: true);

        await ReadMany(queue, controller.Namespaces[0], data.Iova);

        // What else goes on in the process is small; a single object for each command would not be.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Count * 8);
    }

    private static async Task ReadMany(AsyncQueuePair queue, NvmeNamespace space, Iova data)
    {
        for (int i = 0; i < Count; i++)
        {
            await queue.ReadAsync(space, 0, 1, data);
        }
    }
}
