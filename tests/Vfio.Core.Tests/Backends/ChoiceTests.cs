using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Which back end is used: the best that the host has, another where that one cannot be opened, or the one that was asked for.</summary>
public sealed class ChoiceTests
{
    private const string Sibling = "0000:00:03.1";

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, VfioBackend.Type1V2)]
    [InlineData(FakeInterfaces.CdevsOnly, VfioBackend.Iommufd)]
    [InlineData(FakeInterfaces.Both, VfioBackend.Iommufd)]
    [InlineData(FakeInterfaces.Compat, VfioBackend.CompatType1V2)]
    [InlineData(FakeInterfaces.CompatUnderContainerNode, VfioBackend.CompatType1V2)]
    [InlineData(Interfaces.NoIommuContainer, VfioBackend.NoIommu)]
    [InlineData(Interfaces.NoIommuCdev, VfioBackend.Iommufd)]
    [InlineData(FakeInterfaces.Both | FakeInterfaces.NoIommu, VfioBackend.Iommufd)]
    public void The_best_that_the_host_has(FakeInterfaces interfaces, VfioBackend backend)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            Assert.Equal(backend, device.Backend);
            Assert.Equal(!machine.Kernel.NoIommu, device.IsIsolated);
        }

        using (AddressSpace space = machine.CreateSpace())
        using (VfioDevice device = machine.Open(space: space))
        {
            Assert.Equal(backend, space.Backend);
            Assert.Same(space, device.Dma);
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData(Errno.EACCES, 0)]
    [InlineData(Errno.EPERM, 0)]
    [InlineData(Errno.ENOENT, 0)]
    [InlineData(Errno.ENODEV, 0)]
    [InlineData(Errno.EACCES, 1)]
    [InlineData(Errno.EPERM, 1)]
    [InlineData(Errno.ENOENT, 1)]
    public void A_node_that_cannot_be_opened_leads_to_the_container(int errno, int open)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Open), errno, skip: open);
        using (VfioDevice device = machine.Open())
        {
            Assert.Equal(VfioBackend.Type1V2, device.Backend);
            Assert.Equal(["container", "group", "device"], machine.Kernel.OpenKinds);
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData(Errno.EACCES)]
    [InlineData(Errno.EPERM)]
    public void An_address_space_falls_back_too(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Open), errno);
        using (AddressSpace space = machine.CreateSpace())
        {
            Assert.Equal(VfioBackend.Type1V2, space.Backend);
        }

        machine.AssertClean();
    }

    [Fact]
    public void Where_nothing_can_be_opened_the_first_refusal_is_told()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.Open), Errno.EACCES);
        string node = machine.Sysfs.Paths.IommufdNode;
        ErrorAssert.Refused(VfioErrorKind.PermissionDenied, "open", Errno.EACCES, node, () => machine.Open());
        ErrorAssert.Refused(VfioErrorKind.PermissionDenied, "open", Errno.EACCES, node, () => machine.CreateSpace());
        machine.AssertClean();
    }

    [Theory]
    [InlineData(Errno.EMFILE)]
    [InlineData(Errno.EIO)]
    public void Other_errors_are_told_at_once(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Open), errno);
        ErrorAssert.Refused(VfioErrorKind.Refused, "open", errno, machine.Sysfs.Paths.IommufdNode, () => machine.Open());
        Assert.Equal(1, machine.Kernel.Faults.Count(nameof(IVfioKernel.Open)));
    }

    [Theory]
    [InlineData(VfioBackend.Iommufd)]
    [InlineData(VfioBackend.Type1V2)]
    [InlineData(VfioBackend.Type1V1)]
    [InlineData(VfioBackend.CompatType1V2)]
    [InlineData(VfioBackend.CompatType1V1)]
    public void What_is_asked_for_is_used(VfioBackend backend)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        using (VfioDevice device = machine.Open(new VfioDeviceOptions { Backend = backend }))
        using (DmaBuffer buffer = device.Dma.Allocate(4096))
        {
            Assert.Equal(backend, device.Backend);
            Assert.Equal(backend, device.Dma.GetInfo().Backend);
        }

        using (AddressSpace space = machine.CreateSpace(new AddressSpaceOptions { Backend = backend }))
        using (VfioDevice device = machine.Open(space: space))
        {
            Assert.Equal(backend, device.Backend);
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData("type1", VfioBackend.Type1V2)]
    [InlineData(" Compat ", VfioBackend.CompatType1V2)]
    [InlineData("TYPE1V1", VfioBackend.Type1V1)]
    [InlineData("compat-type1v1", VfioBackend.CompatType1V1)]
    [InlineData("iommufd", VfioBackend.Iommufd)]
    [InlineData("auto", VfioBackend.Iommufd)]
    [InlineData("", VfioBackend.Iommufd)]
    public void The_environment_is_asked_where_the_program_says_nothing(string text, VfioBackend backend)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        var host = new VfioHost(machine.Kernel, machine.Sysfs.Paths, text);
        using (VfioDevice device = Open(host))
        {
            Assert.Equal(backend, device.Backend);
        }

        using (AddressSpace space = AddressSpace.Create(host, options: null))
        {
            Assert.Equal(backend, space.Backend);
        }

        using (VfioDevice device = Open(host, new VfioDeviceOptions { Backend = VfioBackend.Type1V1 }))
        {
            Assert.Equal(VfioBackend.Type1V1, device.Backend);
        }

        machine.AssertClean();
    }

    [Fact]
    public void What_is_asked_for_is_not_replaced()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Open), Errno.EACCES);
        var host = new VfioHost(machine.Kernel, machine.Sysfs.Paths, "iommufd");
        ErrorAssert.Refused(
            VfioErrorKind.PermissionDenied, "open", Errno.EACCES, machine.Sysfs.Paths.IommufdNode, () => Open(host));
        Assert.Equal(1, machine.Kernel.Faults.Count(nameof(IVfioKernel.Open)));
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, VfioBackend.Iommufd, VfioErrorKind.NoVfio)]
    [InlineData(FakeInterfaces.ContainersOnly, VfioBackend.CompatType1V2, VfioErrorKind.NoVfio)]
    [InlineData(FakeInterfaces.CdevsOnly, VfioBackend.Type1V2, VfioErrorKind.NoVfio)]
    [InlineData(FakeInterfaces.Compat, VfioBackend.Iommufd, VfioErrorKind.NodeMissing)]
    [InlineData(FakeInterfaces.Both, VfioBackend.NoIommu, VfioErrorKind.NoIsolation)]
    [InlineData(FakeInterfaces.Both | FakeInterfaces.NoIommu, VfioBackend.Type1V2, VfioErrorKind.NotSupported)]
    public void What_the_host_has_not_is_refused(FakeInterfaces interfaces, VfioBackend backend, VfioErrorKind kind)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        var options = new VfioDeviceOptions { Backend = backend, AllowUnsafeNoIommu = machine.Kernel.NoIommu };
        VfioException error = Assert.Throws<VfioException>(() => machine.Open(options));
        Assert.Equal(kind, error.Kind);
        Assert.NotEmpty(error.Remedy);
        machine.AssertClean();
    }

    [Fact]
    public void A_name_that_is_none_is_refused_with_those_that_are()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        var host = new VfioHost(machine.Kernel, machine.Sysfs.Paths, "type2");
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "choose a back end", 0, VfioBackendName.Variable, () => Open(host));
        Assert.Contains("'type2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("compat-type1v2", error.Remedy, StringComparison.Ordinal);
        ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "choose a back end", 0, VfioBackendName.Variable, () => AddressSpace.Create(host, options: null));
        Assert.Equal(0, machine.Kernel.Faults.Total);
    }

    [Theory]
    [InlineData(VfioBackend.Type1V2, null)]
    [InlineData(VfioBackend.Type1V2, VfioBackend.Iommufd)]
    [InlineData(VfioBackend.Iommufd, VfioBackend.Type1V2)]
    [InlineData(VfioBackend.CompatType1V2, null)]
    public void A_group_that_is_open_stays_with_its_back_end(VfioBackend first, VfioBackend? second)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        machine.Add(Sibling, 7);
        using (VfioDevice device = machine.Open(new VfioDeviceOptions { Backend = first }))
        {
            using (VfioDevice sibling = machine.Open(new VfioDeviceOptions { Backend = second }, Sibling))
            {
                Assert.Equal(first, sibling.Backend);
                Assert.Same(device.Dma, sibling.Dma);
            }

            using AddressSpace other = machine.CreateSpace(new AddressSpaceOptions { Backend = second });
            ErrorAssert.Refused(VfioErrorKind.GroupBusy, "open", 0, "IOMMU group 7", () => machine.Open(Sibling, other));
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData(Interfaces.NoIommuContainer)]
    [InlineData(Interfaces.NoIommuCdev)]
    public void A_device_without_an_IOMMU_is_opened_by_consent_only(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        ErrorAssert.Refused(
            VfioErrorKind.NoIsolation, "open", 0, FakeMachine.Address, () => machine.Open(new VfioDeviceOptions()));
        Assert.Equal(0, machine.Kernel.Faults.Total);
        VfioBackend trusted = interfaces == Interfaces.NoIommuCdev ? VfioBackend.Iommufd : VfioBackend.Type1V2;
        using (AddressSpace isolated = machine.CreateSpace(new AddressSpaceOptions { Backend = trusted }))
        {
            string before = KernelState.Of(machine);
            foreach (bool allowed in (bool[])[false, true])
            {
                ErrorAssert.Refused(
                    VfioErrorKind.NoIsolation,
                    "open",
                    0,
                    FakeMachine.Address,
                    () => machine.Open(new VfioDeviceOptions { AddressSpace = isolated, AllowUnsafeNoIommu = allowed }));
                Assert.Equal(before, KernelState.Of(machine));
            }
        }

        machine.Kernel.MayRawIo = false;
        Assert.Equal(VfioErrorKind.PermissionDenied, Assert.Throws<VfioException>(() => machine.Open()).Kind);
        machine.AssertClean();
    }

    [Fact]
    public void A_device_with_an_IOMMU_does_not_join_an_address_space_without()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using (AddressSpace unsafely = machine.CreateSpace(new AddressSpaceOptions { AllowUnsafeNoIommu = true }))
        {
            ErrorAssert.Refused(
                VfioErrorKind.NotSupported, "open", 0, FakeMachine.Address, () => machine.Open(space: unsafely));
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData(VfioBackend.NoIommu, false, VfioErrorKind.NoIsolation)]
    [InlineData(VfioBackend.Type1V2, true, VfioErrorKind.NotSupported)]
    [InlineData(VfioBackend.CompatType1V1, true, VfioErrorKind.NotSupported)]
    public void An_address_space_says_what_it_is_for(VfioBackend backend, bool allowed, VfioErrorKind kind)
        => AssertUnasked(
            kind, "choose a back end", VfioBackendName.Of(backend), new AddressSpaceOptions { Backend = backend, AllowUnsafeNoIommu = allowed });

    [Theory]
    [InlineData(VfioBackend.Type1V2)]
    [InlineData(VfioBackend.Type1V1)]
    [InlineData(VfioBackend.CompatType1V2)]
    public void What_only_iommufd_can_is_refused_before_the_kernel_is_asked(VfioBackend backend)
    {
        MemoryAccounting other = backend == VfioBackend.CompatType1V2 ? MemoryAccounting.Process : MemoryAccounting.User;
        AssertUnasked(
            VfioErrorKind.NotSupported,
            "IOMMU_OPTION_HUGE_PAGES",
            nameof(AddressSpaceOptions),
            new AddressSpaceOptions { Backend = backend, LargePages = false });
        AssertUnasked(
            VfioErrorKind.NotSupported,
            "IOMMU_OPTION_RLIMIT_MODE",
            nameof(AddressSpaceOptions),
            new AddressSpaceOptions { Backend = backend, Accounting = other });
    }

    private static void AssertUnasked(VfioErrorKind kind, string step, string subject, AddressSpaceOptions options)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        ErrorAssert.Refused(kind, step, 0, subject, () => machine.CreateSpace(options));
        Assert.Equal(0, machine.Kernel.Faults.Total);
    }

    private static VfioDevice Open(VfioHost host, VfioDeviceOptions? options = null)
        => VfioDevice.Open(host, PciAddress.Parse(FakeMachine.Address), options);
}
