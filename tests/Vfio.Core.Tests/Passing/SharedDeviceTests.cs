using System.Globalization;
using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>What goes to another process, on the fake kernel: which descriptors, and none too many.</summary>
public sealed class SharedDeviceTests
{
    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, VfioBackend.Type1V2)]
    [InlineData(FakeInterfaces.Iommufd | FakeInterfaces.Cdevs, VfioBackend.Iommufd)]
    internal void The_device_and_what_its_dma_goes_through_go_over(FakeInterfaces interfaces, VfioBackend backend)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            List<string> before = [.. machine.Kernel.OpenKinds];
            using (SharedDevice shared = device.Share())
            {
                Assert.Equal((FakeMachine.Address, backend, true), (shared.Name, shared.Backend, shared.IsIsolated));
                Assert.NotNull(shared.Space);
                Assert.Equal(before.Count + 2, machine.Kernel.OpenKinds.Count);
                using (DeviceInheritance inheritance = shared.AllowInheritance())
                {
                    Assert.Equal(2, machine.Kernel.InheritedDescriptors);
                    string[] parts = inheritance.Text.Split(',');
                    Assert.Equal(3, parts.Length);
                    Assert.Equal(
                        $"vfio-device 1 {FakeMachine.Address} {VfioBackendName.Of(backend)} isolated", parts[0]);
                }

                Assert.Equal(0, machine.Kernel.InheritedDescriptors);
            }

            Assert.Equal(before, machine.Kernel.OpenKinds);
        }

        machine.AssertClean();
    }

    [Fact]
    public void A_refusal_at_any_step_leaves_nothing_open()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using (VfioDevice device = machine.Open())
        {
            for (int skip = 0; skip < 2; skip++)
            {
                machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Duplicate), Errno.EMFILE, skip);
                VfioException refusal = Assert.Throws<VfioException>(device.Share);
                Assert.Equal(("dup", Errno.EMFILE), (refusal.Step, refusal.Errno));
            }

            using SharedDevice shared = device.Share();
            List<string> before = [.. machine.Kernel.OpenKinds];
            foreach (string method in (string[])[nameof(IVfioKernel.Duplicate), nameof(IVfioKernel.SetCloseOnExec)])
            {
                for (int skip = 0; skip < 2; skip++)
                {
                    machine.Kernel.Faults.FailNext(method, Errno.EMFILE, skip);
                    Assert.Throws<VfioException>(shared.AllowInheritance);
                    Assert.Equal(before, machine.Kernel.OpenKinds);
                }
            }
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData("")]
    [InlineData("vfio-device 1 0000:00:03.0 none isolated")]
    [InlineData("vfio-device 1 0000:00:03.0 none isolated,7,8")]
    [InlineData("vfio-device 1 0000:00:03.0 iommufd isolated,7")]
    [InlineData("vfio-device 1 0000:00:03.0 none isolated,-7")]
    [InlineData("vfio-device 1 0000:00:03.0 none isolated,1")]
    [InlineData("vfio-device 1 0000:00:03.0 none isolated,99999999999")]
    [InlineData("vfio-device 1 nothing none isolated,7")]
    public void A_text_that_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => SharedDevice.Inherit(text));

    [Fact]
    public void A_descriptor_that_was_not_inherited_is_named()
    {
        using var free = File.OpenHandle("/dev/null");
        int unused = (int)free.DangerousGetHandle() + 500;
        VfioException refusal = Assert.Throws<VfioException>(
            () => SharedDevice.Inherit(string.Create(CultureInfo.InvariantCulture, $"vfio-device 1 0000:00:03.0 none isolated,{unused}")));
        Assert.Equal(Errno.EBADF, refusal.Errno);
        Assert.Contains(unused.ToString(CultureInfo.InvariantCulture), refusal.Problem, StringComparison.Ordinal);
    }
}
