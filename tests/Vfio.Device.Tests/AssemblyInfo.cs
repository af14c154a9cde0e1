using Xunit;

// One device, one owner: tests take it in turns.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
