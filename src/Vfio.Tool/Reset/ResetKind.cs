namespace Vfio.Tool.Reset;

/// <summary>What a reset hits.</summary>
internal enum ResetKind
{
    /// <summary>The function alone.</summary>
    Function,

    /// <summary>All that is on its bus or in its slot.</summary>
    Hot,
}
