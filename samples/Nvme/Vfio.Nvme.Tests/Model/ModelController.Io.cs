using System.Buffers.Binary;

namespace Vfio.Nvme.Tests.Model;

/// <content>Commands that read and write blocks, and how they reach memory.</content>
internal sealed partial class ModelController
{
    private const int Page = 4096;
    private static readonly NvmeStatus _dataTransferError = new(0x0004);
    private static readonly NvmeStatus _prpOffsetInvalid = new(0x4013);

    private NvmeStatus ExecuteIo(ModelCommand command)
    {
        if (Find(command) is not { } space)
        {
            return _invalidNamespace;
        }

        switch ((NvmOpcode)command.Opcode)
        {
            case NvmOpcode.Flush:
                return _success;
            case NvmOpcode.DatasetManagement:
                return Deallocate(command, space);
        }

        if (command.Block >= space.BlockCount || (ulong)command.Blocks > space.BlockCount - command.Block)
        {
            return NvmeStatus.LbaOutOfRange;
        }

        Span<byte> blocks = space.At(command.Block, command.Blocks);
        switch ((NvmOpcode)command.Opcode)
        {
            case NvmOpcode.Read:
                return Transfer(command, blocks, toMemory: true);
            case NvmOpcode.Write:
                return Transfer(command, blocks, toMemory: false);
            case NvmOpcode.WriteZeroes:
                blocks.Clear();
                return _success;
            case NvmOpcode.Compare:
                byte[] other = new byte[blocks.Length];
                NvmeStatus status = Transfer(command, other, toMemory: false);
                return status.IsSuccess && !blocks.SequenceEqual(other) ? NvmeStatus.CompareFailure : status;
            default:
                return _invalidOpcode;
        }
    }

    private NvmeStatus Deallocate(ModelCommand command, ModelNamespace space)
    {
        Span<byte> range = stackalloc byte[16];
        if ((command.Dword11 & 4) == 0 || !Bus.TryAccess(command.Entry.Data1, range.Length, range, write: false))
        {
            return _invalidField;
        }

        ulong block = BinaryPrimitives.ReadUInt64LittleEndian(range[8..]);
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(range[4..]);
        space.At(block, (int)count).Clear();
        return _success;
    }

    private NvmeStatus Transfer(ModelCommand command, Span<byte> data, bool toMemory)
        => (command.Entry.Command & SubmissionEntry.UsesSgl) != 0
            ? TransferBySgl(command, data, toMemory)
            : TransferByPrp(command, data, toMemory);

    private NvmeStatus TransferByPrp(ModelCommand command, Span<byte> data, bool toMemory)
    {
        int first = Math.Min(data.Length, Page - (int)(command.Entry.Data1 % Page));
        if (!Bus.TryAccess(command.Entry.Data1, first, data[..first], toMemory))
        {
            return _dataTransferError;
        }

        data = data[first..];
        if (data.Length <= Page)
        {
            return data.Length == 0 ? _success
                : command.Entry.Data2 % Page != 0 ? _prpOffsetInvalid
                : Bus.TryAccess(command.Entry.Data2, data.Length, data, toMemory) ? _success : _dataTransferError;
        }

        ulong entry = command.Entry.Data2;
        while (data.Length > 0)
        {
            if (!TryReadWord(entry, out ulong page))
            {
                return _dataTransferError;
            }

            // The last entry of a page points to the next page of the list, if it is not the last of all.
            if ((entry + sizeof(ulong)) % Page == 0 && data.Length > Page)
            {
                entry = page;
                continue;
            }

            int length = Math.Min(data.Length, Page);
            if (page % Page != 0)
            {
                return _prpOffsetInvalid;
            }

            if (!Bus.TryAccess(page, length, data[..length], toMemory))
            {
                return _dataTransferError;
            }

            data = data[length..];
            entry += sizeof(ulong);
        }

        return _success;
    }

    private NvmeStatus TransferBySgl(ModelCommand command, Span<byte> data, bool toMemory)
    {
        int type = (int)(command.Entry.Data2 >> 60);
        int length = (int)(command.Entry.Data2 & uint.MaxValue);
        if (type == 0)
        {
            return length == data.Length && Bus.TryAccess(command.Entry.Data1, length, data, toMemory) ? _success : _dataTransferError;
        }

        for (ulong at = command.Entry.Data1; type == 3 && at < command.Entry.Data1 + (ulong)length; at += 16)
        {
            if (!TryReadWord(at, out ulong address) || !TryReadWord(at + 8, out ulong rest) || rest >> 60 != 0 || (int)rest > data.Length
                || !Bus.TryAccess(address, (int)rest, data[..(int)rest], toMemory))
            {
                return _dataTransferError;
            }

            data = data[(int)rest..];
        }

        return data.Length == 0 ? _success : _dataTransferError;
    }

    private bool TryReadWord(ulong iova, out ulong word)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bool read = Bus.TryAccess(iova, bytes.Length, bytes, write: false);
        word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return read;
    }
}
