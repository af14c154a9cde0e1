namespace Vfio.Nvme;

/// <summary>How a thread waits for the ends of its commands.</summary>
public enum WaitMode
{
    /// <summary>It looks until there are some. The controller does not interrupt.</summary>
    Poll,

    /// <summary>It sleeps until the controller interrupts.</summary>
    Interrupt,

    /// <summary>It looks for as long as it usually takes, and then sleeps.</summary>
    Hybrid,
}
