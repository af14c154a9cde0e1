namespace Vfio.Nvme;

/// <summary>What a queue knows of a command identifier.</summary>
internal struct CommandSlot
{
    /// <summary>Whether the controller has the command.</summary>
    public bool InFlight;

    /// <summary>Whether it was asked to abort the command.</summary>
    public bool Aborting;

    /// <summary>How many looks the command has outlived.</summary>
    public byte Age;

    /// <summary>How many entries the slot's PRP list has; zero where none is written.</summary>
    public int PrpCount;

    /// <summary>What the list's first entry points to; the others follow it page by page.</summary>
    public ulong PrpBase;
}
