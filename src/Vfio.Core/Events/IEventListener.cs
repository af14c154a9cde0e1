namespace Vfio.Core;

/// <summary>Whoever the loop tells of a descriptor.</summary>
internal interface IEventListener
{
    /// <summary>Called on the loop's thread when the descriptor, having been armed, can be read. It must not block.</summary>
    void OnSignalled();
}
