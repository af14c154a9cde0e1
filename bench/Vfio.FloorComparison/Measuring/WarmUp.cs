using System.Runtime;

namespace Vfio.FloorComparison;

/// <summary>Runs a row until the compiler has nothing left to improve in it, or takes longer than it is worth.</summary>
internal static class WarmUp
{
    // The runtime waits 100 ms for a program to settle before it counts calls, and again before it compiles what they made hot.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(250);

    // Each burst is calls enough for one more step. Between two compilations of a method there is at most one burst without any.
    private const int QuietBursts = 3;
    private const int MostBursts = 25;

    public static void Run(IRow row, Place place)
    {
        Load load = row.Load.ToWarmUp();
        int quiet = 0;
        for (int burst = 0; burst < MostBursts && quiet < QuietBursts; burst++)
        {
            long before = JitInfo.GetCompiledMethodCount();
            row.WarmUp(place, load);
            Thread.Sleep(_pause);
            quiet = JitInfo.GetCompiledMethodCount() == before ? quiet + 1 : 0;
        }
    }
}
