namespace Vfio.Nvme;

/// <summary>One interrupt vector of a function. Triggers are remembered until a wait takes them.</summary>
/// <remarks>Thread-safe; one wait at a time. Every wait ends with <see cref="ObjectDisposedException"/> when the function is disposed.</remarks>
public interface INvmeInterrupt
{
    /// <summary>Waits for a trigger, blocking the thread.</summary>
    void Wait();

    /// <summary>Waits for a trigger without holding a thread.</summary>
    ValueTask WaitAsync();

    /// <summary>Ends a wait as if the function had triggered the vector.</summary>
    void Wake();
}
