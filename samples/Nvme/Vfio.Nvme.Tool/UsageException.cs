namespace Vfio.Nvme.Tool;

/// <summary>Arguments that are right by themselves and do not fit the device.</summary>
internal sealed class UsageException(string message) : Exception(message);
