using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Why a function could not be moved.</summary>
/// <param name="Error">What went wrong.</param>
/// <param name="Pending">What the kernel has not finished, and may yet; then the function is to be left alone. Else null.</param>
internal sealed record MoveFailure(VfioException Error, PendingStep? Pending);
