using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Nvme;

/// <summary>Keeps the lab's drive slow, so that commands are surely under way when something is to happen to them.</summary>
internal sealed class NvmeThrottle : IDisposable
{
    public NvmeThrottle(int commandsPerSecond) => QemuMonitor.ThrottleNvme(commandsPerSecond);

    public void Dispose() => QemuMonitor.ThrottleNvme(0);
}
