namespace Vfio.Tool.Bench;

/// <summary>What was asked for makes no sense for this device.</summary>
internal sealed class UsageException(string message) : Exception(message);
