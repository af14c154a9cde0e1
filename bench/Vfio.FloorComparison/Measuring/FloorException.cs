namespace Vfio.FloorComparison;

/// <summary>The floor could not measure; the message has its answer.</summary>
internal sealed class FloorException(string message) : Exception(message);
