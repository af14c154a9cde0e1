namespace Vfio.Nvme.Tool.Perf;

/// <summary>What is measured: reads or writes, here and there or in turn.</summary>
/// <param name="IsWrite">Whether it writes.</param>
/// <param name="IsRandom">Whether places are drawn.</param>
internal readonly record struct PerfPattern(bool IsWrite, bool IsRandom)
{
    /// <summary>The names, as on the command line.</summary>
    public const string Choices = "randread, randwrite, read, write";

    /// <summary>Reads a name.</summary>
    public static PerfPattern Parse(string text) => text switch
    {
        "randread" => new PerfPattern(IsWrite: false, IsRandom: true),
        "randwrite" => new PerfPattern(IsWrite: true, IsRandom: true),
        "read" => new PerfPattern(IsWrite: false, IsRandom: false),
        "write" => new PerfPattern(IsWrite: true, IsRandom: false),
        _ => throw new FormatException($"'{text}' is not a pattern; there are {Choices}."),
    };

    /// <summary>The name.</summary>
    public override string ToString() => $"{(IsRandom ? "rand" : string.Empty)}{(IsWrite ? "write" : "read")}";
}
