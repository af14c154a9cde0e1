using Vfio.Nvme.Tool.Verify;

namespace Vfio.Nvme.Tests.Tool;

public sealed class PatternTests
{
    [Fact]
    public void Any_other_byte_place_or_seed_is_a_difference()
    {
        byte[] data = new byte[4096];
        var pattern = new Pattern(1);
        pattern.Fill(8192, data);

        Assert.Equal(-1, pattern.FindDifference(8192, data));
        Assert.NotEqual(-1, pattern.FindDifference(4096, data));
        Assert.NotEqual(-1, new Pattern(2).FindDifference(8192, data));
        foreach (int at in (int[])[0, 1, 7, 8, 4095])
        {
            data[at] ^= 0x10;
            Assert.Equal(at, pattern.FindDifference(8192, data));
            data[at] ^= 0x10;
        }
    }

    [Fact]
    public void It_does_not_matter_where_a_transfer_begins()
    {
        byte[] all = new byte[16384];
        byte[] part = new byte[4096];
        var pattern = new Pattern(9);
        pattern.Fill(1 << 20, all);
        pattern.Fill((1 << 20) + 8192, part);

        Assert.Equal(all[8192..12288], part);
    }
}
