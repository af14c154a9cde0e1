using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>
/// The PCI function that a controller is: its registers, memory that it can reach, and its interrupts. The driver knows nothing else of
/// the machine, so that a model in memory can take a device's place, and misbehave as no device can be made to.
/// </summary>
/// <remarks>Thread-safe. Disposing closes the function; nothing of it is used afterwards.</remarks>
public interface INvmeFunction : IDisposable
{
    /// <summary>The name of the device, for messages.</summary>
    string Name { get; }

    /// <summary>BAR0.</summary>
    IRegisterAccess Registers { get; }

    /// <summary>How many interrupt vectors it has; zero where it has none of MSI-X.</summary>
    int VectorCount { get; }

    /// <summary>Gets memory that the controller can read and write. It is zero, begins at a page, and has no gap for the controller.</summary>
    /// <param name="length">Its length in bytes, which is rounded up to pages.</param>
    /// <returns>The memory. The caller disposes it.</returns>
    NvmeMemory Allocate(long length);

    /// <summary>Finds where the controller sees memory of the process.</summary>
    /// <param name="address">The first byte's address in the process.</param>
    /// <param name="length">How many bytes there are, which must follow each other for the controller too.</param>
    /// <param name="iova">The first byte's address for the controller.</param>
    /// <returns>Whether the controller can reach all of it.</returns>
    bool TryGetIova(nint address, long length, out Iova iova);

    /// <summary>Enables the first vectors. Called once, at most.</summary>
    /// <param name="count">How many, at most <see cref="VectorCount"/>.</param>
    /// <returns>The vectors. They end with the function.</returns>
    IReadOnlyList<INvmeInterrupt> EnableInterrupts(int count);

    /// <summary>Lets the function access memory (Bus Master Enable).</summary>
    /// <exception cref="NvmeException">The function does not answer.</exception>
    void StartDma();

    /// <summary>Keeps the function from memory, for good or bad.</summary>
    void StopDma();

    /// <summary>Resets the function (FLR). Interrupts stay enabled.</summary>
    /// <returns>Whether it could be done.</returns>
    bool TryReset();
}
