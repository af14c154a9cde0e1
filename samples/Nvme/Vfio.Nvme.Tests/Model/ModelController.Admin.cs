using System.Buffers.Binary;
using System.Text;

namespace Vfio.Nvme.Tests.Model;

/// <content>Admin commands.</content>
internal sealed partial class ModelController
{
    private static readonly NvmeStatus _success = NvmeStatus.Success;
    private static readonly NvmeStatus _invalidOpcode = new(0x4001);
    private static readonly NvmeStatus _invalidField = new(0x4002);
    private static readonly NvmeStatus _invalidNamespace = new(0x400b);
    private static readonly NvmeStatus _invalidQueue = new(0x4101);

    private readonly Queue<ModelCommand> _events = new();
    private readonly Dictionary<uint, uint> _features = [];

    /// <summary>The most queues that it gives.</summary>
    public int QueueLimit { get; init; } = 8;

    /// <summary>MDTS.</summary>
    public int MaxTransferShift { get; init; } = 5;

    /// <summary>SGLS.</summary>
    public uint SglSupport { get; init; } = 1;

    /// <summary>ONCS.</summary>
    public NvmCommandSupport NvmCommands { get; init; } =
        NvmCommandSupport.Compare | NvmCommandSupport.DatasetManagement | NvmCommandSupport.WriteZeroes;

    /// <summary>FNA.</summary>
    public byte FormatAttributes { get; init; }

    /// <summary>What it says instead of the active namespaces.</summary>
    public uint[]? FalseNamespaces { get; init; }

    /// <summary>Tells of an event, if there is a request for one.</summary>
    public void Raise(AsyncEvent raised)
    {
        lock (_gate)
        {
            if (_events.TryDequeue(out ModelCommand request))
            {
                Complete(request, _success, (uint)raised.Type | ((uint)raised.Information << 8) | ((uint)raised.LogPage << 16));
            }
        }
    }

    private NvmeStatus? Execute(ModelCommand command, out uint result)
    {
        result = 0;
        if (command.QueueId > 0)
        {
            Executed++;
            return ExecuteIo(command);
        }

        switch ((AdminOpcode)command.Opcode)
        {
            case AdminOpcode.Identify:
                return Identify(command);
            case AdminOpcode.SetFeatures:
                return SetFeature(command.Dword10 & 0xff, command.Dword11, out result);
            case AdminOpcode.GetFeatures:
                result = _features.GetValueOrDefault(command.Dword10 & 0xff);
                return _success;
            case AdminOpcode.GetLogPage:
                return GetLog(command);
            case AdminOpcode.CreateCompletionQueue:
            case AdminOpcode.CreateSubmissionQueue:
                return CreateQueue(command);
            case AdminOpcode.DeleteSubmissionQueue:
                return _submissions.Remove((int)command.Dword10) ? _success : _invalidQueue;
            case AdminOpcode.DeleteCompletionQueue:
                return _completions.Remove((int)command.Dword10) ? _success : _invalidQueue;
            case AdminOpcode.AsynchronousEventRequest:
                _events.Enqueue(command);
                return null;
            case AdminOpcode.Abort:
                return Abort((int)(command.Dword10 & 0xffff), (ushort)(command.Dword10 >> 16), out result);
            case AdminOpcode.DoorbellBufferConfig:
                (_shadowBuffer, _eventBuffer) = (command.Entry.Data1, command.Entry.Data2);
                return _success;
            case AdminOpcode.FormatNvm:
                return Format(command);
            default:
                return _invalidOpcode;
        }
    }

    private NvmeStatus Format(ModelCommand command)
    {
        if (Find(command) is not { } named)
        {
            return _invalidNamespace;
        }

        IEnumerable<ModelNamespace> all = (FormatAttributes & 1) != 0 ? Namespaces : [named];
        return all.All(space => space.Format((int)(command.Dword10 & 0xf))) ? _success : _invalidField;
    }

    private ModelNamespace? Find(ModelCommand command)
    {
        foreach (ModelNamespace space in Namespaces)
        {
            if (space.Id == command.Entry.NamespaceId)
            {
                return space;
            }
        }

        return null;
    }

    private NvmeStatus Identify(ModelCommand command)
    {
        byte[] data;
        switch (command.Dword10 & 0xff)
        {
            case 0:
                if (Find(command) is not { } space)
                {
                    return _invalidNamespace;
                }

                data = space.Identify();
                break;
            case 1:
                data = IdentifyController();
                break;
            case 2:
                data = new byte[4096];
                uint[] all = FalseNamespaces ?? [.. Namespaces.Select(static each => each.Id).Where(id => id > command.Entry.NamespaceId)];
                Buffer.BlockCopy(all, 0, data, 0, all.Length * sizeof(uint));
                break;
            default:
                return _invalidField;
        }

        return Transfer(command, data, toMemory: true);
    }

    private byte[] IdentifyController()
    {
        byte[] data = new byte[4096];
        BinaryPrimitives.WriteUInt16LittleEndian(data, 0x1b36);
        Encoding.ASCII.GetBytes("serial              ").CopyTo(data, 4);
        Encoding.ASCII.GetBytes("A model\x1b[31m").CopyTo(data, 24);
        Encoding.ASCII.GetBytes("1.0     ").CopyTo(data, 64);
        data[77] = (byte)MaxTransferShift;
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(80), 0x1_0400);
        BinaryPrimitives.WriteUInt16LittleEndian(
            data.AsSpan(256), (ushort)(AdminCommandSupport.Format | (HasShadows ? AdminCommandSupport.DoorbellBufferConfig : AdminCommandSupport.None)));
        data[258] = 3;
        data[259] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(516), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(520), (ushort)NvmCommands);
        data[524] = FormatAttributes;
        data[525] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(536), SglSupport);
        return data;
    }

    private NvmeStatus SetFeature(uint feature, uint value, out uint result)
    {
        result = 0;
        if (feature == (uint)NvmeFeature.NumberOfQueues)
        {
            uint given = Math.Min(value & 0xffff, (uint)QueueLimit - 1);
            result = given | (given << 16);
            return _success;
        }

        _features[feature] = value;
        return _success;
    }

    private NvmeStatus GetLog(ModelCommand command)
    {
        byte[] data = new byte[(int)((command.Dword10 >> 16) + 1) * sizeof(uint)];
        data[0] = 4;
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(1), 300);
        data[3] = 100;
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(64), (ulong)Executed);
        return Transfer(command, data, toMemory: true);
    }

    private NvmeStatus CreateQueue(ModelCommand command)
    {
        int id = (int)(command.Dword10 & 0xffff);
        int size = (int)(command.Dword10 >> 16) + 1;
        if (id == 0 || id > QueueLimit || (command.Dword11 & 1) == 0)
        {
            return _invalidQueue;
        }

        if (command.IsAdmin(AdminOpcode.CreateCompletionQueue))
        {
            int vector = (command.Dword11 & 2) != 0 ? (int)(command.Dword11 >> 16) : -1;
            return _completions.TryAdd(id, new ModelQueue(command.Entry.Data1, size) { Vector = vector }) ? _success : _invalidQueue;
        }

        int completions = (int)(command.Dword11 >> 16);
        return _completions.ContainsKey(completions)
            && _submissions.TryAdd(id, new ModelQueue(command.Entry.Data1, size) { CompletionQueue = completions }) ? _success : _invalidQueue;
    }

    private NvmeStatus Abort(int queue, ushort id, out uint result)
    {
        int index = _held.FindIndex(held => held.QueueId == queue && held.Id == id);
        if (index < 0 || _firm.Contains((queue, id)))
        {
            result = 1;
            return _success;
        }

        ModelCommand command = _held[index];
        _held.RemoveAt(index);
        Complete(command, NvmeStatus.AbortRequested, 0);
        result = 0;
        return _success;
    }
}
