using System.Runtime.InteropServices;

namespace Vfio.Nvme;

/// <content>What follows the enabling: identify, number of queues, doorbells in memory, requests for events.</content>
public sealed partial class NvmeController
{
    private const uint IdentifyNamespaceCode = 0x00;
    private const uint IdentifyControllerCode = 0x01;
    private const uint ActiveNamespacesCode = 0x02;
    private const int PageSize = TransferLists.PageSize;
    private const int MostQueues = ushort.MaxValue; // counted from zero, FFFFh is not allowed
    private const int MostTransfer = 65_536 * 512; // what NLB can say in the shortest blocks

    private IdentifyController ReadIdentity()
    {
        byte[] data = new byte[IdentifyController.Length];
        Identify(IdentifyControllerCode, 0, data);
        return IdentifyController.Parse(data);
    }

    private NvmeNamespace[] ReadNamespaces()
    {
        byte[] list = new byte[PageSize];
        byte[] data = new byte[IdentifyNamespace.Length];
        var found = new List<NvmeNamespace>();
        uint last = 0;
        while (true)
        {
            Identify(ActiveNamespacesCode, last, list);
            foreach (uint id in MemoryMarshal.Cast<byte, uint>(list))
            {
                if (id == 0)
                {
                    return [.. found];
                }

                // In ascending order, says the specification; otherwise this would have no end.
                if (id <= last || id > Identity.NamespaceCount)
                {
                    throw NvmeErrors.Protocol(
                        Name, "Identify", $"the list of active namespaces has {id} after {last}, with {Identity.NamespaceCount} namespaces in all");
                }

                last = id;
                Identify(IdentifyNamespaceCode, id, data);
                found.Add(new NvmeNamespace(id, IdentifyNamespace.Parse(data)));
            }
        }
    }

    /// <summary>Reads the namespaces anew. Where that fails, the controller is brought back, which reads them too.</summary>
    private void ReadNamespacesAgain()
    {
        if (_state == ControllerState.Ready)
        {
            try
            {
                Volatile.Write(ref _namespaces, ReadNamespaces());
            }
            catch (NvmeException error)
            {
                Recover(_generation, error);
            }
        }
    }

    private void Identify(uint structure, uint id, Span<byte> data)
        => ExecuteOrThrow(
            new SubmissionEntry { Command = (uint)AdminOpcode.Identify, NamespaceId = id, Dwords10And11 = structure }, "Identify", data);

    // The controller's limit is in pages of its smallest size.
    private int TransferLimit()
    {
        int shift = Identity.MaxTransferShift;
        long limit = shift is 0 or > 30 ? int.MaxValue : Capabilities.MinPageSize << shift;
        int most = (int)Math.Min(Math.Min(limit, MostTransfer), _options.MaxTransfer) & ~(PageSize - 1);
        return Math.Max(most, PageSize);
    }

    private int NegotiateQueues()
    {
        uint wanted = (uint)Math.Min(_options.Queues, MostQueues) - 1;
        uint given = ExecuteOrThrow(
            new SubmissionEntry
            {
                Command = (uint)AdminOpcode.SetFeatures,
                Dwords10And11 = SubmissionEntry.Dwords((uint)NvmeFeature.NumberOfQueues, (wanted << 16) | wanted),
            },
            "Set Features (Number of Queues)").Result;
        return (int)Math.Min(wanted, Math.Min(given & 0xffff, given >> 16)) + 1;
    }

    private void FinishEnable()
    {
        if (_shadows is not null)
        {
            ExecuteOrThrow(
                new SubmissionEntry
                {
                    Command = (uint)AdminOpcode.DoorbellBufferConfig,
                    Data1 = _shadows.ShadowBuffer,
                    Data2 = _shadows.EventBuffer,
                },
                "Doorbell Buffer Config");
        }

        _admin.RequestEvents(Identity.AsyncEventLimit);
        if (Array.Exists(_namespaces, static space => space.IsRetired))
        {
            Volatile.Write(ref _namespaces, ReadNamespaces());
        }
    }

    /// <summary>Executes a command while the controller is being set up: what goes wrong ends the set-up.</summary>
    private NvmeCompletion ExecuteOrThrow(SubmissionEntry entry, string step, Span<byte> data = default)
    {
        NvmeCompletion completion = _admin.Execute(_admin.Generation, entry, step, _options.AdminTimeout, data);
        return completion.IsSuccess ? completion : throw NvmeErrors.Failed(Name, step, completion.Status);
    }
}
