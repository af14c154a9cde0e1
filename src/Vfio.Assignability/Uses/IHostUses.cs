using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a host uses its functions for.</summary>
public interface IHostUses
{
    /// <summary>What could not be looked at, and may hide a use: it grows as functions are asked for.</summary>
    IReadOnlyList<UnknownFact> Unknown { get; }

    /// <summary>What a function is used for, and everything beneath it in the tree of devices; for a bridge, only the bridge itself.</summary>
    IReadOnlyList<FunctionUse> FindUses(PciFunction device);
}
