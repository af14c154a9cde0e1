namespace Vfio.Tool.Bench.Report;

/// <summary>A line for each series, where nobody looks at a terminal.</summary>
internal sealed class LineProgress(TextWriter output) : IBenchProgress
{
    private string _series = string.Empty;

    /// <inheritdoc/>
    public void Expect(int steps)
    {
        // The lines tell enough.
    }

    /// <inheritdoc/>
    public void Begin(string series, string point = "")
    {
        if (series != _series)
        {
            _series = series;
            output.WriteLine($"vfio: {series}");
        }
    }

    /// <inheritdoc/>
    public void Advance(int steps)
    {
        // The lines tell enough.
    }

    /// <inheritdoc/>
    public void Note(string text) => output.WriteLine($"vfio: {text}");
}
