using System.Buffers;
using System.Collections.Concurrent;

namespace Vfio.Core.Tests;

/// <summary>Blocks that are rented: each to one at a time, until it is returned once.</summary>
public sealed class DmaPoolTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public DmaPoolTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Theory]
    [InlineData(1, 0, 64)]
    [InlineData(100, 0, 128)]
    [InlineData(512, 0, 512)]
    [InlineData(520, 0, 576)]
    [InlineData(4096, 0, 4096)]
    [InlineData(12288, 0, 12288)]
    [InlineData(512, 4096, 4096)]
    [InlineData(16, 16, 16)]
    [InlineData(5000, 8192, 8192)]
    [InlineData(1, 1, 1)]
    public void Blocks_lie_apart_and_aligned(int length, int alignment, int stride)
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, length, 10, new() { BlockAlignment = alignment });
        Assert.Equal((length, stride, 10), (pool.BlockLength, pool.Stride, pool.BlockCount));
        DmaBlock[] blocks = [.. Enumerable.Range(0, 10).Select(_ => pool.Rent())];
        Assert.Equal(Enumerable.Range(0, 10), blocks.Select(static block => block.Index).Order());
        ulong mask = (ulong)Math.Max(alignment, 1) - 1;
        Assert.All(blocks, block =>
        {
            Assert.Equal(0UL, block.Iova & mask);
            Assert.Equal(pool.Buffer.Iova + ((long)block.Index * stride), block.Iova);
            Assert.Equal(pool.Buffer.Address + (block.Index * stride), block.Address);
            Assert.Equal(length, block.AsSpan().Length);
            block.AsSpan().Fill((byte)block.Index);
        });
        Assert.All(blocks, block => Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)block.Index)));
        Assert.Equal(1, _device.Dma.MappingCount);
    }

    [Fact]
    public void When_all_are_rented_that_is_said()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 512, 3);
        DmaBlock[] blocks = [pool.Rent(), pool.Rent(), pool.Rent()];
        Assert.Equal(0, pool.AvailableBlocks);
        Assert.False(pool.TryRent(out DmaBlock none));
        Assert.False(none.IsRented);
        VfioException error = Assert.Throws<VfioException>(() => pool.Rent());
        Assert.Equal(VfioErrorKind.PoolExhausted, error.Kind);
        Assert.Contains("all 3 blocks of 512 bytes", error.Message, StringComparison.Ordinal);
        blocks[1].Dispose();
        Assert.Equal(1, pool.AvailableBlocks);
        Assert.True(pool.TryRent(out DmaBlock again));
        Assert.Equal(blocks[1].Index, again.Index);
        Assert.NotEqual(blocks[1], again);
    }

    [Fact]
    public void A_block_that_was_returned_is_of_no_use_whoever_has_it_now()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 512, 1);
        DmaBlock first = pool.Rent();
        DmaBlock copy = first;
        first.Dispose();
        Assert.False(copy.IsRented);
        Assert.Throws<ObjectDisposedException>(() => copy.AsSpan().Length);
        Assert.Throws<InvalidOperationException>(copy.Dispose);

        DmaBlock second = pool.Rent();
        Assert.Equal(first.Index, second.Index);
        Assert.Throws<ObjectDisposedException>(() => first.AsSpan().Length);
        Assert.Throws<InvalidOperationException>(first.Dispose);
        Assert.True(second.IsRented);
        second.Dispose();

        DmaBlock nothing = default;
        nothing.Dispose();
        Assert.False(nothing.IsRented);
        Assert.Throws<ObjectDisposedException>(() => nothing.Iova);
    }

    [Fact]
    public void Addresses_lead_back_to_the_block()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 100, 4);
        DmaBlock block = pool.Rent();
        Assert.True(pool.TryGetBlock(block.Iova + 99, out DmaBlock found));
        Assert.Equal(block, found);
        Assert.False(pool.TryGetBlock(block.Iova + 100, out _));
        Assert.False(pool.TryGetBlock(new Iova(0), out _));
        Assert.False(pool.TryGetBlock(new Iova(ulong.MaxValue), out _));
        Assert.True(pool.TryGetIova(block.AsSpan()[7..], out Iova iova));
        Assert.Equal(block.Iova + 7, iova);
        Assert.False(pool.TryGetIova(new byte[8], out _));
        Assert.True(_device.Dma.TryGetIova(block.Address + 5, out iova));
        Assert.Equal(block.Iova + 5, iova);
        block.Dispose();

        // A completion that comes twice gives nothing to return.
        Assert.False(pool.TryGetBlock(block.Iova, out DmaBlock free));
        Assert.False(free.IsRented);
        free.Dispose();
        Assert.Equal(4, pool.AvailableBlocks);
        Assert.Equal(4, Enumerable.Range(0, 4).Select(_ => pool.Rent().Index).Distinct().Count());
    }

    [Fact]
    public void A_pool_at_an_address_of_ones_choice_needs_no_huge_pages()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 4096, 1024, new() { Iova = new Iova(0x10_1000) });
        Assert.Equal(new Iova(0x10_1000), pool.Buffer.Iova);
    }

    [Fact]
    public void Whoever_writes_to_a_free_block_is_found_out()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 512, 2, new() { Poison = true });
        DmaBlock block = pool.Rent();
        Span<byte> kept = block.AsSpan();
        Assert.Equal(-1, kept.IndexOfAnyExcept((byte)0xdb));
        kept[100] = 1;
        block.Dispose();
        Assert.Equal(0xdb, kept[100]);
        kept[300] = 1;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => pool.Rent());
        Assert.Contains($"Block {block.Index} at IOVA {pool.Buffer.Iova + (block.Index * 512L)}", error.Message, StringComparison.Ordinal);
        Assert.Contains("offset 0x12c", error.Message, StringComparison.Ordinal);

        // The other one is as good as before.
        using DmaBlock other = pool.Rent();
        Assert.NotEqual(block.Index, other.Index);
        Assert.False(pool.TryRent(out _));
    }

    [Fact]
    public void A_pool_ends_with_all_of_its_blocks()
    {
        DmaPool pool = DmaPool.Create(_device.Dma, 512, 4);
        DmaBlock block = pool.Rent();
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
        Assert.Throws<ObjectDisposedException>(() => block.AsSpan().Length);
        block.Dispose();
        Assert.Equal(0, _device.Dma.MappingCount);
    }

    [Fact]
    public void A_pool_takes_a_buffer_over()
    {
        DmaBuffer buffer = _device.Dma.Allocate(8192);
        Assert.Throws<ArgumentException>(() => DmaPool.Over(buffer, 8193));
        using (DmaPool pool = DmaPool.Over(buffer, 3000))
        {
            Assert.Equal(2, pool.BlockCount);
            Assert.Same(buffer, pool.Buffer);
        }

        Assert.False(buffer.Mapping.IsLive);
    }

    [Fact]
    public void Wrong_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => DmaPool.Create(_device.Dma, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DmaPool.Create(_device.Dma, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DmaPool.Create(_device.Dma, 1, 1, new() { BlockAlignment = 3 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => DmaPool.Create(_device.Dma, 1, 1, new() { BlockAlignment = -1 }));
        Assert.Throws<OverflowException>(() => DmaPool.Create(_device.Dma, int.MaxValue, 1));
        Assert.Equal(0, _device.Dma.MappingCount);
    }

    [Fact]
    public void Blocks_come_from_every_page_size_that_the_host_has()
    {
        // Whether the host has huge pages or not, there is a pool.
        using DmaPool pool = DmaPool.Create(_device.Dma, 4096, 1024);
        Assert.Equal(1024, Enumerable.Range(0, 1024).Select(_ => pool.Rent().Index).Distinct().Count());
        VfioException error = Assert.Throws<VfioException>(
            () => DmaPool.Create(_device.Dma, 4096, 1 << 18, new() { PageSize = DmaPageSize.Huge1G, AddressBits = 28 }));
        Assert.True(error.Kind is VfioErrorKind.OutOfMemory or VfioErrorKind.IovaExhausted, error.Message);
    }

    [Fact]
    public void Threads_never_have_the_same_block()
    {
        const int Threads = 4;
        const int Rounds = 20_000;
        using DmaPool pool = DmaPool.Create(_device.Dma, 64, 13);
        var handed = new ConcurrentQueue<DmaBlock>();
        int[] holders = new int[pool.BlockCount];
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            var random = new Random(thread);
            for (int round = 0; round < Rounds; round++)
            {
                if (random.Next(2) == 0)
                {
                    if (pool.TryRent(out DmaBlock block))
                    {
                        Assert.Equal(1, Interlocked.Increment(ref holders[block.Index]));
                        block.AsSpan().Fill((byte)block.Index);
                        handed.Enqueue(block);
                    }
                }
                else if (handed.TryDequeue(out DmaBlock block))
                {
                    // Of another thread, as a rule.
                    Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)block.Index));
                    Interlocked.Decrement(ref holders[block.Index]);
                    block.Dispose();
                }
            }
        });
        Assert.Equal(pool.BlockCount - handed.Count, pool.AvailableBlocks);
        foreach (DmaBlock block in handed)
        {
            block.Dispose();
        }

        Assert.Equal(13, Enumerable.Range(0, 13).Select(_ => pool.Rent().Index).Distinct().Count());
    }

    [Fact]
    public void As_many_as_there_are_blocks_always_find_one()
    {
        const int Threads = 4;
        using DmaPool pool = DmaPool.Create(_device.Dma, 64, Threads);
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
        {
            for (int round = 0; round < 50_000; round++)
            {
                pool.Rent().Dispose();
            }
        });
        Assert.Equal(Threads, pool.AvailableBlocks);
    }

    [Fact]
    public void Memory_of_the_pool_is_a_block_until_its_owner_is_disposed()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 512, 1);
        IMemoryOwner<byte> owner = pool.Memory.Rent(100);
        Memory<byte> memory = owner.Memory;
        Assert.Equal(512, memory.Length);
        Assert.True(pool.TryGetIova(memory.Span, out Iova iova));
        Assert.Equal(pool.Buffer.Iova, iova);
        Assert.Throws<VfioException>(() => pool.Memory.Rent());
        owner.Dispose();
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);

        // The next owner's block is not the last one's to return.
        using IMemoryOwner<byte> next = pool.Memory.Rent();
        owner.Dispose();
        Assert.Equal(0, pool.AvailableBlocks);
        Assert.Equal(512, next.Memory.Span.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Memory.Rent(513));
        Assert.Equal(512, pool.Memory.MaxBufferSize);
    }

    [Fact]
    public unsafe void Memory_that_is_pinned_stays_longer_than_its_buffer()
    {
        DmaBuffer buffer = _device.Dma.Allocate(4096);
        Memory<byte> memory = buffer.AsMemory(1024, 16);
        memory.Span[3] = 7;
        using (System.Buffers.MemoryHandle pin = memory[2..].Pin())
        {
            buffer.Dispose();
            Assert.Equal(7, ((byte*)pin.Pointer)[1]);
            Assert.Single(_machine.Kernel.Memory);
        }

        Assert.Empty(_machine.Kernel.Memory);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Pin());
        Assert.Throws<ObjectDisposedException>(() => buffer.AsMemory(0, 1));
    }

    [Fact]
    public async Task A_stream_reads_into_what_a_device_sees()
    {
        using DmaBuffer buffer = _device.Dma.Allocate(4096);
        using var stream = new MemoryStream([.. Enumerable.Range(0, 100).Select(static i => (byte)i)]);
        await stream.ReadExactlyAsync(buffer.AsMemory(50, 100), TestContext.Current.CancellationToken);
        Assert.Equal(99, buffer.Read8(149));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsMemory(4000, 97));
    }
}
