using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>A device that is bound to vfio-pci and open for the length of a test.</summary>
internal sealed class Taken : IDisposable
{
    private readonly DriverBinding _binding;

    public Taken(PciAddress address, AddressSpace? space = null)
    {
        _binding = DriverBinding.Bind(address);
        try
        {
            Device = Mode.Open(address, space);
        }
        catch
        {
            _binding.Dispose();
            throw;
        }
    }

    public VfioDevice Device { get; }

    public void Dispose()
    {
        Device.Dispose();
        _binding.Restore();
    }
}
