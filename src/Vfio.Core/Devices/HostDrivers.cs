namespace Vfio.Core;

/// <summary>What the name of a bound driver says about giving a device away.</summary>
internal static class HostDrivers
{
    /// <summary>
    /// Whether the driver is VFIO's: vfio-pci, or a variant for one family of devices such as mlx5_vfio_pci.
    /// </summary>
    public static bool IsVfio(string? driver)
        => driver is not null && driver.Contains("vfio", StringComparison.Ordinal);

    /// <summary>
    /// Whether a bound driver does DMA of its own on behalf of the kernel, which makes its group not viable. Port
    /// drivers and stubs leave DMA alone and say so to the kernel (driver_managed_dma).
    /// </summary>
    public static bool Blocks(string driver)
        => !IsVfio(driver) && driver is not ("pcieport" or "pci-stub");
}
