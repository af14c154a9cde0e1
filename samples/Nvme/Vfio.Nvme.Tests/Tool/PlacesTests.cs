using Vfio.Nvme.Tool.Perf;

namespace Vfio.Nvme.Tests.Tool;

public sealed class PlacesTests
{
    [Fact]
    public void Drawn_places_cover_all_and_leave_none_out()
    {
        var places = new PerfPlaces(100, 8, isRandom: true, 0.25);
        var seen = new HashSet<ulong>();
        for (int i = 0; i < 5000; i++)
        {
            ulong place = places.Next();
            Assert.True(place % 8 == 0 && place < 800);
            seen.Add(place);
        }

        Assert.Equal(100, seen.Count);
    }

    [Fact]
    public void Places_in_turn_begin_in_their_part_and_come_around()
    {
        var places = new PerfPlaces(4, 2, isRandom: false, 0.5);

        Assert.Equal([4u, 6u, 0u, 2u, 4u], Enumerable.Range(0, 5).Select(_ => places.Next()));
    }

    [Fact]
    public void Patterns_have_the_names_that_they_are_read_by()
    {
        foreach (string name in PerfPattern.Choices.Split(", "))
        {
            Assert.Equal(name, PerfPattern.Parse(name).ToString());
        }

        Assert.Throws<FormatException>(() => PerfPattern.Parse("rw"));
    }
}
