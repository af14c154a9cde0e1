namespace Vfio.Core;

/// <summary>What a wait does when its descriptor can be read: it takes what is there.</summary>
/// <typeparam name="TResult">What is taken.</typeparam>
internal interface IEventTake<TResult>
{
    /// <summary>Takes without waiting.</summary>
    /// <returns>Whether there was something.</returns>
    bool TryTake(out TResult result);
}
