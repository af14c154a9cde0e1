using BenchmarkDotNet.Running;

namespace Vfio.Benchmarks;

/// <summary>Runs the benchmarks that the arguments choose, or asks.</summary>
internal static class Program
{
    public static void Main(string[] args) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, new ShortConfig());
}
