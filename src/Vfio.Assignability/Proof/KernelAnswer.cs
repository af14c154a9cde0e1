using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What the kernel answered when a device was opened by one back end.</summary>
/// <param name="Backend">The back end.</param>
/// <param name="Error">The refusal, or null.</param>
/// <param name="AcceptsUnsafeInterrupts">Whether the back end is told to take devices whose interrupts are not isolated.</param>
/// <param name="IsIsolated">Whether an IOMMU stands between the device and memory; only where it opened.</param>
/// <param name="CanReset">Whether the reset at open worked.</param>
/// <param name="HotReset">Who would be hit by a hot reset, or null where there is none, or it could not be asked.</param>
internal sealed record KernelAnswer(
    VfioBackend Backend, VfioException? Error, bool AcceptsUnsafeInterrupts = false, bool IsIsolated = true, bool CanReset = false, HotResetInfo? HotReset = null)
{
    /// <summary>Whether it opened.</summary>
    public bool Opened => Error is null;

    /// <summary>The answer as evidence.</summary>
    public Evidence Evidence => Error is { } error
        ? new Evidence($"{error.Step} ({VfioBackendName.Of(Backend)})", error.Message)
        : new Evidence($"VFIO_DEVICE_GET_INFO ({VfioBackendName.Of(Backend)})", CanReset ? "opened; its reset works" : "opened; it has no reset of its own");
}
