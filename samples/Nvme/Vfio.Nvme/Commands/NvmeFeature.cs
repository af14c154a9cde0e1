using System.Diagnostics.CodeAnalysis;

namespace Vfio.Nvme;

/// <summary>What can be got and set of a controller: feature identifiers (NVM Express 1.4, figure 271).</summary>
[SuppressMessage("Design", "CA1008", Justification = "The specification reserves zero.")]
[SuppressMessage("Design", "CA1027", Justification = "They are numbers.")]
public enum NvmeFeature
{
    /// <summary>Arbitration.</summary>
    Arbitration = 0x01,

    /// <summary>Power Management.</summary>
    PowerManagement = 0x02,

    /// <summary>Temperature Threshold.</summary>
    TemperatureThreshold = 0x04,

    /// <summary>Error Recovery.</summary>
    ErrorRecovery = 0x05,

    /// <summary>Volatile Write Cache: bit 0 enables it.</summary>
    VolatileWriteCache = 0x06,

    /// <summary>Number of Queues: how many submission queues in bits 15:0, completion queues in 31:16, both from zero.</summary>
    NumberOfQueues = 0x07,

    /// <summary>Interrupt Coalescing: the threshold in entries, from zero, in bits 7:0; the time in 100 microseconds in 15:8.</summary>
    InterruptCoalescing = 0x08,

    /// <summary>Interrupt Vector Configuration: the vector in bits 15:0, bit 16 takes it out of the coalescing.</summary>
    InterruptVectorConfiguration = 0x09,

    /// <summary>Write Atomicity Normal.</summary>
    WriteAtomicity = 0x0a,

    /// <summary>Asynchronous Event Configuration: which events are told.</summary>
    AsynchronousEventConfiguration = 0x0b,
}
