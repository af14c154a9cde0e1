namespace Vfio.Core;

/// <summary>How much memory the process may lock.</summary>
/// <param name="Limit">The limit in bytes, or null for none.</param>
/// <param name="Locked">How much is locked already, in bytes.</param>
/// <param name="Exempt">Whether the process is above the limit (<c>CAP_IPC_LOCK</c>).</param>
internal readonly record struct MemoryLock(ulong? Limit, ulong Locked, bool Exempt);
