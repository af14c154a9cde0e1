using System.Buffers.Binary;
using FsCheck.Fluent;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The chains behind info structures, from a kernel that makes no sense.</summary>
public sealed unsafe class InfoChainTests
{
    private static readonly int _region = sizeof(vfio_region_info);
    private static readonly int _iommu = sizeof(vfio_iommu_type1_info);

    [Fact]
    public void No_bytes_bring_the_walk_down()
        => Hold.Always(Prop.ForAll<byte[], byte>((bytes, first) => IsTame(() => Walk(bytes ?? [], first))), tests: 1000);

    [Fact]
    public void No_answer_about_a_region_brings_its_reader_down()
        => Hold.Always(Prop.ForAll<byte[]>(bytes => IsTame(() => RegionInfoReader.Parse("device", 0, Answer(_region, bytes ?? [])))), tests: 1000);

    [Fact]
    public void No_answer_about_a_container_brings_its_reader_down()
        => Hold.Always(Prop.ForAll<byte[]>(bytes => IsTame(() => Type1Info.Parse(VfioBackend.Type1V2, Answer(_iommu, bytes ?? [])))), tests: 1000);

    [Theory]
    [InlineData(1, "header")]
    [InlineData(31, "header")]
    [InlineData(33, "past the end")]
    [InlineData(39, "past the end")]
    [InlineData(40, "past the end")]
    [InlineData(1 << 30, "past the end")]
    [InlineData(-1, "past the end")]
    public void An_offset_that_leaves_the_answer_is_named(int first, string problem)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Walk(new byte[40], unchecked((uint)first)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_chain_has_no_capabilities() => Assert.Equal(0, Walk(new byte[32], 0));

    [Fact]
    public void A_capability_that_follows_itself_is_refused()
        => Refused(new AnswerTail(_region).Add(9).LinkLastTo(_region), "follows itself");

    [Fact]
    public void A_cycle_is_refused()
        => Refused(new AnswerTail(_region).Add(9, 0, 0).Add(10, 0, 0).LinkLastTo(_region), "cycle");

    [Fact]
    public void A_link_into_the_header_is_refused()
        => Refused(new AnswerTail(_region).Add(9).LinkLastTo(8), "header");

    [Fact]
    public void A_link_past_the_end_is_refused()
        => Refused(new AnswerTail(_region).Add(9).LinkLastTo(4000), "past the end");

    [Fact]
    public void A_capability_that_is_cut_off_is_refused()
        => Refused(new AnswerTail(_region).Add(VFIO_REGION_INFO_CAP_TYPE, 1), "cut off");

    [Theory]
    [InlineData(2u)]
    [InlineData(0x1000_0000u)]
    [InlineData(uint.MaxValue)]
    public void A_count_larger_than_the_answer_is_refused(uint count)
        => Refused(new AnswerTail(_region).Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, count, 0, 0, 0, 0x1000, 0), "more than the answer holds");

    [Fact]
    public void Unknown_capabilities_are_passed_over_and_known_ones_read()
    {
        byte[] tail = new AnswerTail(_region)
            .Add(77, 1, 2, 3)
            .Add(VFIO_REGION_INFO_CAP_TYPE, 0x8000_8086, 2)
            .Add(VFIO_REGION_INFO_CAP_MSIX_MAPPABLE)
            .Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, 2, 0, 0x3000, 0, 0x1000, 0, 0, 0, 0x2000, 0)
            .ToArray();
        RegionInfo info = RegionInfoReader.Parse("device", 3, Answer(_region, tail));
        Assert.Equal((0x8000_8086u, 2u), info.Kind);
        Assert.True(info.MsixMappable);
        Assert.Equal([new RegionArea(0, 0x2000), new RegionArea(0x3000, 0x1000)], info.MappableAreas);
    }

    [Theory]
    [InlineData(0x4000u, 0x1000u, 0u, 0u, "does not lie")]
    [InlineData(0x3000u, 0x2000u, 0u, 0u, "does not lie")]
    [InlineData(0x1000u, 0u, 0u, 0u, "does not lie")]
    [InlineData(0xffff_f000u, 0x1000u, 0u, 0u, "does not lie")]
    [InlineData(0u, 0x2000u, 0x1000u, 0x1000u, "overlap")]
    [InlineData(0u, 0x1000u, 0u, 0x1000u, "overlap")]
    public void Areas_that_make_no_sense_are_refused(uint first, uint firstSize, uint second, uint secondSize, string problem)
    {
        AnswerTail tail = secondSize == 0
            ? new AnswerTail(_region).Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, 1, 0, first, 0, firstSize, 0)
            : new AnswerTail(_region).Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, 2, 0, first, 0, firstSize, 0, second, 0, secondSize, 0);
        Refused(tail, problem);
    }

    [Fact]
    public void An_area_whose_end_wraps_is_refused()
        => Refused(
            new AnswerTail(_region).Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, 1, 0, 0x1000, 0, 0xffff_f000, uint.MaxValue), "does not lie");

    [Fact]
    public void A_region_that_leaves_63_bits_is_refused()
    {
        byte[] answer = Answer(_region, []);
        BinaryPrimitives.WriteUInt64LittleEndian(answer.AsSpan(16), ulong.MaxValue);
        Assert.Throws<InvalidDataException>(() => RegionInfoReader.Parse("device", 0, answer));
    }

    [Theory]
    [InlineData(1u, 0u, 0u, 0u)]
    [InlineData(0u, 0xfffu, 0xfffu, 0x2000u)]
    public void Ranges_that_overlap_or_stand_on_their_heads_are_refused(uint first, uint last, uint second, uint secondLast)
    {
        byte[] tail = new AnswerTail(_iommu)
            .Add(VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE, 2, 0, first, 0, last, 0, second, 0, secondLast, 0)
            .ToArray();
        Assert.Throws<InvalidDataException>(() => Type1Info.Parse(VfioBackend.Type1V2, Answer(_iommu, tail)));
    }

    private static bool IsTame(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static void Refused(AnswerTail tail, string problem)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => RegionInfoReader.Parse("device", 0, Answer(_region, tail.ToArray())));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("VFIO_DEVICE_GET_REGION_INFO", error.Message, StringComparison.Ordinal);
    }

    private static int Walk(byte[] answer, uint first)
    {
        int count = 0;
        foreach (InfoCapability capability in new InfoCapabilityChain(answer, first, _region, "test"))
        {
            _ = capability.Read<vfio_info_cap_header>();
            _ = capability.Tail<ulong>(8, capability.Version);
            count++;
        }

        return count;
    }

    /// <summary>An answer that says it has capabilities: a mappable region of 16 KiB, or a container with page sizes.</summary>
    private static byte[] Answer(int headerSize, byte[] tail)
    {
        byte[] answer = new byte[headerSize + tail.Length];
        BinaryPrimitives.WriteInt32LittleEndian(answer, answer.Length);
        bool region = headerSize == _region;
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(4), region ? 0xfu : 0x3u);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(region ? 12 : 16), tail.Length == 0 ? 0 : headerSize);
        BinaryPrimitives.WriteUInt64LittleEndian(answer.AsSpan(region ? 16 : 8), 0x4000);
        tail.CopyTo(answer, headerSize);
        return answer;
    }
}
