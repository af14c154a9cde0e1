namespace Vfio.Nvme.Tests;

/// <summary>Tests with which no other may run.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
