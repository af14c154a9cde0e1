using System.Runtime.Versioning;
using Xunit;

// One device, one owner: tests take it in turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: SupportedOSPlatform("linux")]
