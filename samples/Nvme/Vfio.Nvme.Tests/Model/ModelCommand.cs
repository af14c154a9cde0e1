namespace Vfio.Nvme.Tests.Model;

/// <summary>A command that the model has fetched.</summary>
internal readonly record struct ModelCommand(int QueueId, SubmissionEntry Entry)
{
    public byte Opcode => (byte)Entry.Command;

    public ushort Id => (ushort)(Entry.Command >> 16);

    public uint Dword10 => (uint)Entry.Dwords10And11;

    public uint Dword11 => (uint)(Entry.Dwords10And11 >> 32);

    public uint Dword12 => (uint)Entry.Dwords12And13;

    public ulong Block => Entry.Dwords10And11;

    public int Blocks => (int)(Dword12 & 0xffff) + 1;

    public bool IsAdmin(AdminOpcode opcode) => QueueId == 0 && Opcode == (byte)opcode;

    public bool IsIo(NvmOpcode opcode) => QueueId > 0 && Opcode == (byte)opcode;
}
