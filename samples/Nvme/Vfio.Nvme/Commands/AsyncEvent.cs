namespace Vfio.Nvme;

/// <summary>Something that the controller told unasked (NVM Express 1.4, 5.2).</summary>
/// <param name="Type">What it is about.</param>
/// <param name="Information">More of it, by type.</param>
/// <param name="LogPage">The log page that tells all; reading it lets the controller tell the next event of the type.</param>
public readonly record struct AsyncEvent(AsyncEventType Type, int Information, int LogPage)
{
    internal static AsyncEvent From(uint result)
        => new((AsyncEventType)(result & 7), (int)((result >> 8) & 0xff), (int)((result >> 16) & 0xff));
}
