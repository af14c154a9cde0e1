using System.Text;
using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>An NVMe controller with its admin queue, and the one command Identify (NVM Express 1.4, 3.1 and 5.15).</summary>
internal sealed class NvmeAdmin : IDisposable
{
    private const long Page = 4096;
    private const long Configuration = 0x14;
    private const long Status = 0x1c;
    private const long AdminQueueAttributes = 0x24;
    private const long SubmissionQueueBase = 0x28;
    private const long CompletionQueueBase = 0x30;
    private const long SubmissionDoorbell = 0x1000;
    private const long CompletionDoorbell = 0x1004;

    private const int Entries = 32;
    private const int SubmissionSize = 64;
    private const int CompletionSize = 16;
    private const uint Enable = 1;
    private const uint EntrySizes = (6 << 16) | (4 << 20);
    private const byte IdentifyOpcode = 0x06;
    private const uint IdentifyController = 1;
    private const int ModelOffset = 24;
    private const int ModelLength = 40;

    private readonly MappedRegion _registers;
    private readonly DmaBuffer _submissions;
    private readonly DmaBuffer _completions;
    private readonly DmaBuffer _data;
    private uint _tail;

    public NvmeAdmin(VfioDevice device)
    {
        device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        _registers = device.Regions.Bar(0).Map();

        // One page each: without an IOMMU no two of them lie together.
        _submissions = device.Dma.Allocate(Page);
        _completions = device.Dma.Allocate(Page);
        _data = device.Dma.Allocate(Page);
        Reach(ready: false, configuration: 0);
        _registers.Write32(AdminQueueAttributes, ((Entries - 1) << 16) | (Entries - 1));
        _registers.Write64LowHigh(SubmissionQueueBase, _submissions.Iova);
        _registers.Write64LowHigh(CompletionQueueBase, _completions.Iova);
        Reach(ready: true, EntrySizes | Enable);
    }

    public bool IsReady => (_registers.Read32(Status) & 1) != 0;

    /// <summary>The memory that the controller writes its answer to.</summary>
    public DmaBuffer Data => _data;

    /// <summary>Waits for the first completion by looking for it, without interrupts.</summary>
    public void AwaitFirst()
    {
        const uint Phase = 1 << 16;
        while ((_completions.Read32(12) & Phase) == 0)
        {
            Thread.Sleep(1);
        }
    }

    public void SubmitIdentify()
    {
        long entry = _tail * SubmissionSize;
        _submissions.AsSpan(entry, SubmissionSize).Clear();
        _submissions.Write32(entry, IdentifyOpcode);
        _submissions.Write64(entry + 24, _data.Iova);
        _submissions.Write32(entry + 40, IdentifyController);
        _tail = (_tail + 1) % Entries;
        _registers.Write32(SubmissionDoorbell, _tail);
    }

    /// <summary>Takes the completion, and gives the model's name out of the data.</summary>
    public string CompleteIdentify()
    {
        uint head = (_tail + Entries - 1) % Entries;
        uint status = _completions.Read32((head * CompletionSize) + 12) >> 17;
        _registers.Write32(CompletionDoorbell, _tail);
        return status == 0
            ? Encoding.ASCII.GetString(_data.AsSpan(ModelOffset, ModelLength))
            : throw new InvalidOperationException($"Identify ended with status 0x{status:x}.");
    }

    public void Dispose()
    {
        _registers.Dispose();
        _submissions.Dispose();
        _completions.Dispose();
        _data.Dispose();
    }

    private void Reach(bool ready, uint configuration)
    {
        _registers.Write32(Configuration, configuration);
        for (int i = 0; IsReady != ready; i++)
        {
            if (i == 5000)
            {
                throw new InvalidOperationException($"The controller did not become {(ready ? "ready" : "idle")}.");
            }

            Thread.Sleep(1);
        }
    }
}
