using Vfio.Core;

namespace Vfio.Device.Tests.Soak;

/// <summary>The blocks that one thread has rented: its commands, and the model that they are held against.</summary>
internal sealed class SoakBlocks(int thread, AddressSpace space, SoakPool[] pools, Random random, SoakCounts counts)
{
    /// <summary>How many blocks a thread has at most.</summary>
    public const int Capacity = 24;

    private readonly RentedBlock[] _rented = new RentedBlock[Capacity];
    private readonly RentedBlock[] _ended = new RentedBlock[16];
    private int _count;
    private int _endedCount;

    public void Rent()
    {
        if (_count == Capacity)
        {
            Return();
            return;
        }

        SoakPool pool = pools[random.Next(pools.Length)];
        if (!pool.TryRent(thread, out DmaBlock block))
        {
            DivergenceException.ThrowUnless(block == default, "A refusal came with a block.");
            counts.Add(SoakCommand.RentRefused);
            return;
        }

        DivergenceException.ThrowUnless(block.IsRented, "A block that was just rented is not.");
        DivergenceException.ThrowUnless(
            block.Iova == pool.Pool.Buffer.Iova + ((long)block.Index * pool.Pool.Stride)
                && block.Address == pool.Pool.Buffer.Address + (block.Index * pool.Pool.Stride),
            "A block is not where its number says.");
        byte pattern = (byte)random.Next(256);
        block.AsSpan().Fill(pattern);
        _rented[_count++] = new RentedBlock(pool, block, pattern);
        counts.Add(SoakCommand.Rent);
    }

    public void Return()
    {
        if (_count > 0)
        {
            ReturnAt(random.Next(_count));
        }
    }

    public void ReturnAll()
    {
        while (_count > 0)
        {
            ReturnAt(_count - 1);
        }
    }

    /// <summary>Returns again what was returned some time ago: whoever has the block now keeps it.</summary>
    public void ReturnTwice()
    {
        if (_endedCount == 0)
        {
            return;
        }

        DmaBlock block = _ended[random.Next(Math.Min(_endedCount, _ended.Length))].Block;
        DivergenceException.ThrowUnless(!block.IsRented, "A block that was returned is rented.");
        try
        {
            block.Dispose();
        }
        catch (InvalidOperationException)
        {
            counts.Add(SoakCommand.ReturnTwice);
            return;
        }

        throw new DivergenceException($"Block {block.Index} was returned twice.");
    }

    public void Find()
    {
        if (_count == 0)
        {
            return;
        }

        (SoakPool pool, DmaBlock block, _) = _rented[random.Next(_count)];
        int offset = random.Next(block.Length);
        DivergenceException.ThrowUnless(
            pool.Pool.TryGetBlock(block.Iova + offset, out DmaBlock found) && found == block,
            "TryGetBlock did not find a block that is rented.");
        DivergenceException.ThrowUnless(
            pool.Pool.TryGetIova(block.AsSpan()[offset..], out Iova iova) && iova == block.Iova + offset,
            "The pool's TryGetIova and the model differ.");
        DivergenceException.ThrowUnless(
            space.TryGetAddress(iova, out nint address) && address == block.Address + offset,
            "The address space does not find a block of a pool.");
        counts.Add(SoakCommand.FindBlock);
    }

    private void ReturnAt(int index)
    {
        RentedBlock rented = _rented[index];
        DivergenceException.ThrowUnless(rented.Block.AsSpan().IndexOfAnyExcept(rented.Pattern) < 0, "Somebody else wrote into a block that was rented.");
        rented.Pool.Return(thread, rented.Block);
        _rented[index] = _rented[--_count];
        _rented[_count] = default;
        _ended[_endedCount++ % _ended.Length] = rented;
        counts.Add(SoakCommand.Return);
    }
}
