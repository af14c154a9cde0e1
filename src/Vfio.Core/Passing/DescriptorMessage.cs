using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>What came over a socket with descriptors: <see cref="DescriptorSocket.Receive"/>.</summary>
/// <remarks>Disposing it closes the descriptors. Thread-safe.</remarks>
public sealed class DescriptorMessage : IDisposable
{
    internal DescriptorMessage(int length, IReadOnlyList<SafeHandle> descriptors)
    {
        Length = length;
        Descriptors = descriptors;
    }

    /// <summary>How many bytes came; zero when the other side has closed a stream.</summary>
    public int Length { get; }

    /// <summary>The descriptors, in the order in which they were sent. They are the message's, and are closed with it.</summary>
    public IReadOnlyList<SafeHandle> Descriptors { get; }

    /// <summary>Closes the descriptors.</summary>
    public void Dispose()
    {
        foreach (SafeHandle descriptor in Descriptors)
        {
            descriptor.Dispose();
        }
    }
}
