using System.Diagnostics.CodeAnalysis;

namespace Vfio.Nvme;

/// <summary>Optional commands of the NVM command set (ONCS; NVM Express 1.4, figure 247).</summary>
[Flags]
[SuppressMessage("Design", "CA1028", Justification = "The field has 16 bits.")]
public enum NvmCommandSupport : ushort
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Compare.</summary>
    Compare = 1 << 0,

    /// <summary>Write Uncorrectable.</summary>
    WriteUncorrectable = 1 << 1,

    /// <summary>Dataset Management.</summary>
    DatasetManagement = 1 << 2,

    /// <summary>Write Zeroes.</summary>
    WriteZeroes = 1 << 3,

    /// <summary>Features can be saved.</summary>
    SaveFeatures = 1 << 4,

    /// <summary>Reservations.</summary>
    Reservations = 1 << 5,

    /// <summary>Timestamp.</summary>
    Timestamp = 1 << 6,

    /// <summary>Verify.</summary>
    Verify = 1 << 7,
}
