namespace Vfio.FloorComparison;

/// <summary>Waits for an interrupt again and again, until it is disposed, and notes when it came.</summary>
internal interface IWaiter : IDisposable
{
    /// <summary>How often it was woken. Read before <see cref="LastWake"/>.</summary>
    int Count { get; }

    /// <summary>When it was woken last, as the stopwatch counts.</summary>
    long LastWake { get; }
}
