namespace Vfio.Assignability;

/// <summary>What a host uses a function for.</summary>
public enum UseKind
{
    /// <summary>A mounted file system is on it, or on something above it.</summary>
    MountedFileSystem,

    /// <summary>The host swaps to it, or to something above it.</summary>
    Swap,

    /// <summary>The default route leads through it.</summary>
    DefaultRoute,

    /// <summary>A process has it open through VFIO, or has its group open.</summary>
    HeldThroughVfio,

    /// <summary>A process has a node of it open that is no display, sound or input: a disk, a character device.</summary>
    OpenNode,

    /// <summary>The host cannot run without it: host bridge, ISA bridge, SMBus.</summary>
    Chipset,

    /// <summary>It shows a display of the host's.</summary>
    Display,

    /// <summary>It carries the host's console.</summary>
    Console,

    /// <summary>A keyboard or another input device is on it.</summary>
    Input,

    /// <summary>It plays the host's sound.</summary>
    Sound,
}
