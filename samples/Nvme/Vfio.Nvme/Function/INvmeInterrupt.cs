using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>One interrupt vector of a function. Triggers are remembered until a wait takes them.</summary>
/// <remarks>Thread-safe; one wait at a time.</remarks>
public interface INvmeInterrupt
{
    /// <summary>Waits for a trigger, blocking the thread.</summary>
    /// <exception cref="ObjectDisposedException">The function was disposed.</exception>
    /// <exception cref="VfioException">The function was taken away.</exception>
    void Wait();

    /// <summary>Ends a wait as if the function had triggered the vector. Where the function is gone, waits have ended, and nothing is done.</summary>
    void Wake();
}
