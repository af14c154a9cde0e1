using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>How functions are handed over.</summary>
public sealed record BindOptions
{
    /// <summary>The time limit unless another one is given.</summary>
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>The driver that takes them: vfio-pci, or a variant of it such as <c>mlx5_vfio_pci</c>. Its module is loaded if need be.</summary>
    public string Driver { get; init; } = DriverBinding.DefaultDriver;

    /// <summary>Takes what the host uses, too, whatever the host loses.</summary>
    public bool Force { get; init; }

    /// <summary>Takes all endpoints of the functions' groups whose drivers keep a group with the host, too.</summary>
    public bool WholeGroups { get; init; }

    /// <summary>How long the kernel may take for each step, such as making a driver let go.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}
