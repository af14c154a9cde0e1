using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

// Allocations and descriptors are counted over the whole process; a test beside another would count for both.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
