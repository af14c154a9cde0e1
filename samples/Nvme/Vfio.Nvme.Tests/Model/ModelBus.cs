using Vfio.Core;

namespace Vfio.Nvme.Tests.Model;

/// <summary>The memory that the model can reach. What it must not reach is noted, and not reached.</summary>
internal sealed class ModelBus
{
    private readonly Lock _gate = new();
    private readonly List<ModelMemory> _memories = [];
    private readonly List<string> _faults = [];
    private ulong _next = 0x1_0000_0000;

    /// <summary>Whether the function may access memory.</summary>
    public bool IsMaster { get; set; }

    /// <summary>Accesses that had no business there.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>How much memory has not been given back.</summary>
    public int LiveCount
    {
        get
        {
            lock (_gate)
            {
                return _memories.Count;
            }
        }
    }

    public ModelMemory Allocate(long length)
    {
        lock (_gate)
        {
            long whole = (length + 4095) & ~4095L;
            var memory = new ModelMemory(this, new Iova(_next), whole);

            // With a hole behind it, so that whatever leaves it is found out.
            _next += (ulong)whole + 0x10_0000;
            _memories.Add(memory);
            return memory;
        }
    }

    public bool TryGetIova(nint address, long length, out Iova iova)
    {
        lock (_gate)
        {
            ModelMemory? memory = _memories.Find(memory => address >= memory.Address && address + length <= memory.Address + memory.Length);
            iova = memory is null ? default : memory.Iova + (address - memory.Address);
            return memory is not null;
        }
    }

    /// <summary>Accesses memory, or notes that it could not.</summary>
    public bool TryAccess(ulong iova, int length, Span<byte> data, bool write)
    {
        lock (_gate)
        {
            ModelMemory? memory = Find(iova, length);
            if (memory is null || !IsMaster)
            {
                _faults.Add($"{(write ? "write" : "read")} of {length} bytes at 0x{iova:x}{(IsMaster ? string.Empty : " without being master")}");
                return false;
            }

            if (write)
            {
                data.CopyTo(memory.At(iova, length));
            }
            else
            {
                memory.At(iova, length).CopyTo(data);
            }

            return true;
        }
    }

    /// <summary>Writes a completion as a device does: what has the phase tag becomes visible last.</summary>
    public bool TryWriteCompletion(ulong iova, CompletionEntry entry)
    {
        lock (_gate)
        {
            ModelMemory? memory = IsMaster ? Find(iova, CompletionEntry.Size) : null;
            if (memory is null)
            {
                _faults.Add($"completion at 0x{iova:x}");
                return false;
            }

            unsafe
            {
                var place = (CompletionEntry*)(memory.Address + (nint)(iova - memory.Iova.Value));
                place->Result = entry.Result;
                place->HeadAndQueue = entry.HeadAndQueue;
                Volatile.Write(ref place->CommandAndStatus, entry.CommandAndStatus);
            }

            return true;
        }
    }

    // No delegate: some tests count what is allocated.
    private ModelMemory? Find(ulong iova, int length)
    {
        foreach (ModelMemory memory in _memories)
        {
            if (memory.Holds(iova, length))
            {
                return memory;
            }
        }

        return null;
    }

    public void Remove(ModelMemory memory)
    {
        lock (_gate)
        {
            _memories.Remove(memory);
        }
    }
}
