namespace Vfio.Core;

/// <summary>How far a large allocation has come.</summary>
/// <param name="Stage">What is being done.</param>
/// <param name="Done">How many bytes of this stage are done.</param>
/// <param name="Total">How many bytes each stage has.</param>
public readonly record struct DmaProgress(DmaStage Stage, long Done, long Total);
