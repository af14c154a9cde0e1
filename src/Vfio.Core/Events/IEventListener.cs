namespace Vfio.Core;

/// <summary>Whoever the loop tells of a descriptor.</summary>
internal interface IEventListener
{
    /// <summary>Called on a thread of the loop's when the descriptor, having been armed, can be read.</summary>
    /// <param name="mayRun">Whether whoever waited may go on on this thread, and block it; otherwise that is for the thread pool.</param>
    void OnSignalled(bool mayRun);
}
