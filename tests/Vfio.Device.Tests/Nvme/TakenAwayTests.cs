using Vfio.Core;
using Vfio.Device.Tests.EndOfLife;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

/// <summary>Somebody unbinds the drive from under the driver: threads that poll, sleep and await end, and the process lives.</summary>
public sealed class TakenAwayTests
{
    [Fact]
    public async Task Whoever_works_with_the_drive_is_told_and_every_command_ends_once()
    {
        Mode.RequireIommu();
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Nvme());
        VfioFunction function = VfioFunction.Open(
            binding.Address, Mode.DeviceOptions with { RemovalGracePeriod = TimeSpan.FromSeconds(1) });
        using NvmeController controller = NvmeController.Open(function, new NvmeControllerOptions { Queues = 3 });
        using IoQueuePair polled = controller.CreateQueue(new IoQueuePairOptions { Depth = 8 });
        using IoQueuePair slept = controller.CreateQueue(new IoQueuePairOptions { Depth = 8, Wait = WaitMode.Interrupt });
        using var awaited = AsyncQueuePair.Create(controller, depth: 8);
        using DmaPool pool = DmaPool.Create(function.Device.Dma, 4096, 17);
        Task<NvmeException>[] work =
        [
            OnThread(() => ReadUntilTheEnd(polled, pool)),
            OnThread(() => ReadUntilTheEnd(slept, pool)),
            OnThread(() => AwaitUntilTheEnd(awaited, controller.Namespaces[0], pool)),
        ];

        Task removal = OnThread(() =>
        {
            File.WriteAllText("/sys/bus/pci/drivers/vfio-pci/unbind", binding.Address.ToString());
            return true;
        });

        await removal.WaitAsync(Watched.Patience, CancellationToken.None);
        NvmeException[] ends = await Task.WhenAll(work).WaitAsync(Watched.Patience, CancellationToken.None);
        Assert.All(ends, static end => Assert.True(end.Kind == NvmeErrorKind.NotUsable || end.Status.Is(NvmeStatus.AbortedByHost), end.Message));
        Assert.Equal(ControllerState.Removed, controller.State);
        Assert.Equal((0, 0), (polled.InFlight, slept.InFlight));
        Assert.Equal(NvmeErrorKind.NotUsable, Assert.Throws<NvmeException>(() => controller.ReadSmartLog()).Kind);
    }

    private static Task<T> OnThread<T>(Func<T> work)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static NvmeException ReadUntilTheEnd(IoQueuePair queue, DmaPool pool)
    {
        NvmeNamespace space = queue.Controller.Namespaces[0];
        using DmaBlock data = pool.Rent();
        var ended = new HashSet<ushort>();
        var handler = new Handler(ended);
        try
        {
            while (true)
            {
                while (queue.TryRead(space, 0, 1, data.Iova, out ushort command))
                {
                    ended.Add(command);
                }

                queue.WaitAny(ref handler);
            }
        }
        catch (NvmeException error)
        {
            Assert.Empty(ended);
            return error;
        }
    }

    private static NvmeException AwaitUntilTheEnd(AsyncQueuePair queue, NvmeNamespace space, DmaPool pool)
    {
        using DmaBlock data = pool.Rent();
        Iova iova = data.Iova;
        try
        {
            while (true)
            {
                queue.ReadAsync(space, 0, 1, iova).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (NvmeException error)
        {
            return error;
        }
    }

    private readonly struct Handler(HashSet<ushort> inFlight) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion)
            => Assert.True(inFlight.Remove(completion.CommandId), $"{completion.CommandId} was not in flight");
    }
}
