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
    [InlineData("vfio-device 1 0000:00:03.0 iommufd isolated,7,7")]
    [InlineData("vfio-device 1 0000:00:03.0 iommufd isolated,7,07")]
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

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly)]
    [InlineData(FakeInterfaces.Iommufd | FakeInterfaces.Cdevs)]
    internal void What_was_inherited_is_taken_and_what_is_something_else_is_left_alone(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            using SharedDevice shared = device.Share();
            using DeviceInheritance inheritance = shared.AllowInheritance();
            List<string> before = [.. machine.Kernel.OpenKinds];

            // A child has the numbers to itself.
            string[] parts = inheritance.Text.Split(',');
            string own = Inherited(machine.Kernel, parts[1]);
            string space = Inherited(machine.Kernel, parts[2]);
            List<string> inherited = [.. machine.Kernel.OpenKinds];
            foreach (string wrong in (string[])[$"{parts[0]},{space},{own}", $"{parts[0]},{own},{parts[1]}"])
            {
                VfioException refusal = Assert.Throws<VfioException>(() => DeviceInheritance.Take(machine.Host, wrong));
                Assert.Contains("stays as it is", refusal.Problem, StringComparison.Ordinal);
                Assert.Equal(inherited, machine.Kernel.OpenKinds);
                Assert.Equal(4, machine.Kernel.InheritedDescriptors);
            }

            using (SharedDevice taken = DeviceInheritance.Take(machine.Host, $"{parts[0]},{own},{space}"))
            {
                Assert.Equal(2, machine.Kernel.InheritedDescriptors);
                Assert.Equal((shared.Name, shared.Backend), (taken.Name, taken.Backend));
            }

            Assert.Equal(before, machine.Kernel.OpenKinds);
        }

        machine.AssertClean();
    }

    [Fact]
    public void A_number_that_is_the_runtimes_own_stays_open()
    {
        using var own = File.OpenHandle("/proc/self/limits");
        int fd = (int)own.DangerousGetHandle();
        VfioException refusal = Assert.Throws<VfioException>(
            () => SharedDevice.Inherit(string.Create(CultureInfo.InvariantCulture, $"vfio-device 1 0000:00:03.0 none isolated,{fd}")));
        Assert.Equal(("VFIO_DEVICE_GET_INFO", Errno.ENOTTY), (refusal.Step, refusal.Errno));
        Assert.True(RandomAccess.Read(own, new byte[1], 0) > 0);
    }

    private static string Inherited(FakeKernel kernel, string number)
    {
        int fd = kernel.Duplicate(int.Parse(number, CultureInfo.InvariantCulture));
        Assert.True(fd >= 0);
        Assert.Equal(0, kernel.SetCloseOnExec(fd, false));
        return fd.ToString(CultureInfo.InvariantCulture);
    }
}
