namespace Vfio.Tool.Bench.Report;

/// <summary>Shows how far a measurement is. Nothing is drawn while a time is taken, only by these calls.</summary>
internal interface IBenchProgress
{
    /// <summary>Says how many steps there will be.</summary>
    void Expect(int steps);

    /// <summary>Says what comes next.</summary>
    /// <param name="series">What it belongs to.</param>
    /// <param name="point">What of it.</param>
    void Begin(string series, string point = "");

    /// <summary>Counts what is done.</summary>
    void Advance(int steps);

    /// <summary>Says something that stays to be read.</summary>
    void Note(string text);
}
