namespace Vfio.Nvme;

/// <summary>The time that limits are held against. Tests have one of their own.</summary>
internal interface INvmeClock
{
    /// <summary>Milliseconds since some moment; coarse, and cheap to read.</summary>
    long Milliseconds { get; }

    /// <summary>Lets about a millisecond pass.</summary>
    void Pause();
}
