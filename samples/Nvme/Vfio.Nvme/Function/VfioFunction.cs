using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A PCI function that this process drives through VFIO.</summary>
public sealed class VfioFunction : INvmeFunction
{
    private const uint NvmeClass = 0x010802;

    private VfioFunction(VfioDevice device)
    {
        Device = device;
        Registers = device.Regions.Bar(0).Map();
    }

    /// <summary>The device, for what the driver does not do: buffers and pools are made in its <see cref="VfioDevice.Dma"/>.</summary>
    public VfioDevice Device { get; }

    /// <inheritdoc/>
    public string Name => Device.Name;

    /// <inheritdoc/>
    public IRegisterAccess Registers { get; }

    /// <inheritdoc/>
    public int VectorCount => Device.Interrupts.Msix.Count;

    /// <summary>Opens an NVMe controller's function, which a VFIO driver must have.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="options">How the device is opened; null for the defaults.</param>
    /// <returns>The function. The caller disposes it, or the controller that gets it.</returns>
    /// <exception cref="VfioException">The device could not be opened.</exception>
    /// <exception cref="NvmeException">The function is no NVMe controller.</exception>
    public static VfioFunction Open(PciAddress address, VfioDeviceOptions? options = null)
    {
        VfioDevice device = VfioDevice.Open(address, options);
        try
        {
            uint classCode = device.Config.ClassCode;
            if (classCode != NvmeClass)
            {
                throw NvmeErrors.NotSupported(
                    device.Name, "open", $"the function's class code is {classCode:x6}, and an NVMe controller's is {NvmeClass:x6}");
            }

            if (!device.IsIsolated)
            {
                throw NvmeErrors.NotSupported(
                    device.Name, "open", "no IOMMU translates for the device, and this driver needs memory that is in one piece for it");
            }

            device.Config.Command |= PciCommand.Memory;
            return new VfioFunction(device);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public NvmeMemory Allocate(long length) => new VfioMemory(Device.Dma.Allocate(length));

    /// <inheritdoc/>
    public bool TryGetIova(nint address, long length, out Iova iova)
        => Device.Dma.TryGetIova(address, length, out iova);

    /// <inheritdoc/>
    public IReadOnlyList<INvmeInterrupt> EnableInterrupts(int count)
        => [.. Device.Interrupts.Msix.Enable(count).Select(static interrupt => new VfioInterrupt(interrupt))];

    /// <inheritdoc/>
    public void StartDma()
    {
        try
        {
            Device.Config.Command |= PciCommand.BusMaster;
        }
        catch (Exception error) when (ControllerRegisters.IsEnd(error))
        {
            throw NvmeErrors.Unanswered(Name, "enable bus mastering", error);
        }
    }

    /// <inheritdoc/>
    public void StopDma()
    {
        try
        {
            Device.Config.Command &= ~PciCommand.BusMaster;
        }
        catch (Exception error) when (ControllerRegisters.IsEnd(error))
        {
            // A function whose configuration space cannot be written is gone.
        }
    }

    /// <inheritdoc/>
    public bool TryReset()
    {
        if (!Device.CanReset)
        {
            return false;
        }

        try
        {
            Device.Reset();
            Device.Config.Command |= PciCommand.Memory;
            return true;
        }
        catch (Exception error) when (ControllerRegisters.IsEnd(error))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Device.Dispose();
}
