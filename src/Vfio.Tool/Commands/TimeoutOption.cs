using System.CommandLine;

namespace Vfio.Tool.Commands;

/// <summary>How long the kernel may take for a step.</summary>
internal static class TimeoutOption
{
    public static Option<TimeSpan?> Create() => ValueOption.Create<TimeSpan?>(
        "--timeout",
        "SECONDS",
        "How long each step may take, such as making a driver let go. 10 unless given. What the kernel has not finished then is told, and left to it.",
        static text => BenchValues.Time(text));
}
