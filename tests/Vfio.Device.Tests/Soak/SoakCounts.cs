namespace Vfio.Device.Tests.Soak;

/// <summary>A number for each kind of command: how often it was done, say.</summary>
internal sealed class SoakCounts
{
    private readonly long[] _numbers = new long[Enum.GetValues<SoakCommand>().Length];

    public long Total => _numbers.Sum();

    public void Add(SoakCommand command, long count = 1) => _numbers[(int)command] += count;

    public void Add(SoakCounts others)
    {
        for (int i = 0; i < _numbers.Length; i++)
        {
            _numbers[i] += others._numbers[i];
        }
    }

    public void Clear() => _numbers.AsSpan().Clear();

    public override string ToString()
        => string.Join(", ", Enum.GetValues<SoakCommand>().Where(command => _numbers[(int)command] != 0).Select(command => $"{command} {_numbers[(int)command]}"));
}
