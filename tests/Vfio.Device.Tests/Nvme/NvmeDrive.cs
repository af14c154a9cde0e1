using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Device.Tests.Nvme;

/// <summary>The lab's NVMe drive, bound to vfio-pci and driven by the sample for the length of a test.</summary>
internal sealed class NvmeDrive : IDisposable
{
    private readonly DriverBinding _binding;

    public NvmeDrive(NvmeControllerOptions? options = null)
    {
        Mode.RequireIommu();
        _binding = DriverBinding.Bind(TestDevice.Nvme());
        try
        {
            Session = Session.Open(_binding.Address, options);
        }
        catch
        {
            _binding.Dispose();
            throw;
        }
    }

    public Session Session { get; }

    public NvmeController Controller => Session.Controller;

    public VfioDevice Device => Session.Function.Device;

    public NvmeNamespace Namespace => Controller.Namespaces[0];

    /// <summary>A queue and what reads and writes through it.</summary>
    public (IoQueuePair Queue, BlockIo Io) Open(IoQueuePairOptions? options = null)
    {
        IoQueuePair queue = Controller.CreateQueue(options);
        return (queue, new BlockIo(queue, Namespace));
    }

    public void Dispose()
    {
        Session.Dispose();
        _binding.Restore();
    }
}
