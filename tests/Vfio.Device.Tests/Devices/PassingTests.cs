using System.Net.Sockets;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Device.Tests.Soak;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>A device that is opened here and used by another process, over a socket and by inheritance.</summary>
public sealed class PassingTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"vfio-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_process_takes_a_device_from_a_socket_and_has_registers_interrupts_and_dma()
    {
        Mode.RequireIommu();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Edu());
        using ChildProcess child = ChildProcess.Start("socket", _path);
        using (VfioDevice device = Mode.Open(binding.Address))
        {
            using var limit = new CancellationTokenSource(ChildProcess.Patience);
            using Socket socket = await listener.AcceptAsync(limit.Token);
            using SharedDevice shared = device.Share();
            Assert.Equal((device.Name, Mode.Backend, true), (shared.Name, shared.Backend, shared.IsIsolated));
            shared.Send(socket);
            child.Expect($"opened {device.Name}");
        }

        // From here on it is the child's alone.
        Finish(child);
        Mode.Open(binding.Address).Dispose();
    }

    [Fact]
    public void A_child_inherits_a_device_and_has_registers_interrupts_and_dma()
    {
        Mode.RequireIommu();
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Edu());
        using VfioDevice device = Mode.Open(binding.Address);
        using SharedDevice shared = device.Share();
        using ChildProcess child = StartHeir(shared);
        child.Expect($"opened {device.Name}");
        Finish(child);

        // It was open here all the time.
        device.Config.Command |= PciCommand.Memory;
        Assert.Equal(0x010000edu, device.Regions.Bar(0).Read32(0));
    }

    [Fact]
    public void Sharing_and_taking_over_here_leaves_nothing_open()
    {
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Edu());
        Round(binding.Address);
        ProcessUse before = ProcessUse.Read();
        for (int i = 0; i < 5; i++)
        {
            Round(binding.Address);
        }

        Assert.Equal(string.Empty, ProcessUse.Growth(before));
    }

    private static void Round(PciAddress address)
    {
        using VfioDevice device = Mode.Open(address);
        using SharedDevice shared = device.Share();

        // As another process would: this one knows that the device is open here.
        var elsewhere = new VfioHost(LinuxKernel.Instance, HostPaths.Root);
        using var there = new SharedDevice(elsewhere, shared.Text, shared.Device, shared.Space);
        using VfioDevice second = there.Open(Mode.IsNoIommu);
        Assert.Equal(0x1234, second.Config.VendorId);
        Assert.Equal(Mode.HasMappings, second.IsAttached);
    }

    private static ChildProcess StartHeir(SharedDevice shared)
    {
        using DeviceInheritance inheritance = shared.AllowInheritance();
        return ChildProcess.Start("inherit", inheritance.Text);
    }

    private static void Finish(ChildProcess child)
    {
        child.Go();
        child.Expect($"did DMA by {VfioBackendName.Of(Mode.Backend)}");
        child.ExpectEnd();
    }
}
