using System.Buffers;
using System.Text.Json;

namespace Vfio.Core.Tests;

/// <summary>Writing into blocks: every byte is where a segment says.</summary>
public sealed class DmaBufferWriterTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;
    private readonly DmaPool _pool;

    public DmaBufferWriterTests()
    {
        _device = _machine.Open();
        _pool = DmaPool.Create(_device.Dma, 64, 8);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Bytes_lie_in_their_order_in_the_segments()
    {
        using var writer = new DmaBufferWriter(_pool);
        Assert.True(writer.Segments.IsEmpty);
        byte[] bytes = [.. Enumerable.Range(0, 150).Select(static i => (byte)i)];
        writer.Write(bytes);
        Assert.Equal(150, writer.WrittenCount);
        Assert.Equal([64, 64, 22], writer.Segments.ToArray().Select(static segment => segment.Length));
        Assert.Equal(bytes, Bytes(writer));
        Assert.Equal(5, _pool.AvailableBlocks);
        Assert.All(writer.Segments.ToArray(), segment => Assert.True(_pool.TryGetBlock(segment.Iova, out _)));
        writer.Clear();
        Assert.Equal((0, 8), (writer.WrittenCount, _pool.AvailableBlocks));
        Assert.True(writer.Segments.IsEmpty);
    }

    [Fact]
    public void What_does_not_fit_begins_in_the_next_block()
    {
        using var writer = new DmaBufferWriter(_pool);
        writer.GetSpan(40)[..40].Fill(1);
        writer.Advance(40);
        Memory<byte> memory = writer.GetMemory(30);
        Assert.Equal(64, memory.Length);
        memory.Span[..30].Fill(2);
        writer.Advance(30);
        Assert.Equal(34, writer.GetMemory().Length);
        Assert.Equal([40, 30], writer.Segments.ToArray().Select(static segment => segment.Length));
        Assert.Equal([.. Enumerable.Repeat((byte)1, 40), .. Enumerable.Repeat((byte)2, 30)], Bytes(writer));
        Assert.Throws<InvalidOperationException>(() => writer.Advance(35));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(65).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.BytesOf(2).Length);
        writer.Clear();
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
    }

    [Fact]
    public void When_the_pool_is_empty_what_was_written_stays()
    {
        using var writer = new DmaBufferWriter(_pool);
        writer.Write(new byte[8 * 64]);
        Assert.Equal(VfioErrorKind.PoolExhausted, Assert.Throws<VfioException>(() => writer.GetSpan().Length).Kind);
        Assert.Equal(8 * 64, writer.WrittenCount);
        Assert.Equal(8, writer.Segments.Length);
        writer.Dispose();
        Assert.Equal(8, _pool.AvailableBlocks);
        Assert.Throws<ObjectDisposedException>(() => writer.GetSpan().Length);
    }

    [Fact]
    public void A_serializer_writes_for_a_device()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 4096, 2);
        using var writer = new DmaBufferWriter(pool);
        using (var json = new Utf8JsonWriter(writer))
        {
            json.WriteStartObject();
            json.WriteNumber("answer", 42);
            json.WriteEndObject();
        }

        Assert.Equal("{\"answer\":42}"u8, writer.BytesOf(0));
    }

    private static byte[] Bytes(DmaBufferWriter writer)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < writer.Segments.Length; i++)
        {
            bytes.AddRange(writer.BytesOf(i));
        }

        return [.. bytes];
    }
}
