using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Soak;

/// <summary>The commands of one thread that look where its memory is mapped: the library's word, and the device's.</summary>
internal sealed unsafe class SoakLookups(AddressSpace space, MemoryHandle arena, LiveMemories live, Random random, SoakCounts counts)
{
    private const long Page = IovaClaims.Page;

    public void FindIova()
    {
        nint address = live.Count == 0 || random.Next(2) == 0
            ? arena.Address + random.Next((int)arena.Length)
            : Byte(live.Any, out _);
        bool found = space.TryGetIova(address, out Iova iova);
        bool expected = false;
        bool right = false;
        foreach (ref readonly LiveMemory memory in live.All)
        {
            if (memory.Has(address))
            {
                expected = true;
                right |= iova == memory.Iova + (address - memory.Address);
            }
        }

        DivergenceException.ThrowUnless(found == expected, "TryGetIova and the model differ over whether a byte is mapped.");
        DivergenceException.ThrowUnless(right || !expected, "TryGetIova gave an address at which the byte is not.");
        counts.Add(SoakCommand.FindIova);
    }

    public void FindAddress()
    {
        // Nobody maps below what the library would choose.
        bool found = space.TryGetAddress(new Iova((ulong)random.Next((int)SoakMappings.LowestChosen)), out nint address);
        DivergenceException.ThrowUnless(!found && address == 0, "TryGetAddress found a mapping where none is.");
        if (live.Count > 0)
        {
            nint expected = Byte(live.Any, out Iova iova);
            found = space.TryGetAddress(iova, out address);
            DivergenceException.ThrowUnless(found && address == expected, "TryGetAddress and the model differ.");
        }

        counts.Add(SoakCommand.FindAddress);
    }

    /// <summary>Lets the device copy a page from one mapping to another: the kernel's word, and the IOMMU's, that the books are right.</summary>
    public void Copy(Edu edu)
    {
        if (Find(DmaAccess.Read, out nint from, out Iova source)
            && Find(DmaAccess.Write, out nint to, out Iova destination)
            && from != to)
        {
            var sent = new Span<byte>((void*)from, (int)Page);
            var received = new Span<byte>((void*)to, (int)Page);
            random.NextBytes(sent);
            received.Clear();
            edu.Load(source);
            edu.Store(destination);
            DivergenceException.ThrowUnless(received.SequenceEqual(sent), "What the device copied is not what was sent.");
            counts.Add(SoakCommand.Copy);
        }
    }

    private nint Byte(in LiveMemory memory, out Iova iova)
    {
        long offset = random.NextInt64(memory.Length);
        iova = memory.Iova + offset;
        return memory.Address + (nint)offset;
    }

    private bool Find(DmaAccess access, out nint address, out Iova iova)
    {
        int first = live.Count == 0 ? 0 : random.Next(live.Count);
        for (int i = 0; i < live.Count; i++)
        {
            ref readonly LiveMemory memory = ref live.All[(first + i) % live.Count];
            if ((memory.Access & access) != DmaAccess.None && memory.IsNear)
            {
                long offset = random.NextInt64(memory.Length / Page) * Page;
                (address, iova) = (memory.Address + (nint)offset, memory.Iova + offset);
                return true;
            }
        }

        (address, iova) = (0, default);
        return false;
    }
}
