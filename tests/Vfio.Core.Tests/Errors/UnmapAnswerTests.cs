using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>An unmap that is no error of the kernel's, and yet unmapped something else, is one of the library's.</summary>
public sealed class UnmapAnswerTests
{
    public static TheoryData<FakeInterfaces> All { get; } = new(
        (FakeInterfaces[])[FakeInterfaces.ContainersOnly, FakeInterfaces.CdevsOnly, FakeInterfaces.Compat, FakeInterfaces.CompatUnderContainerNode]);

    public static MatrixTheoryData<FakeInterfaces, ulong> Sizes { get; } = new(
        [FakeInterfaces.ContainersOnly, FakeInterfaces.CdevsOnly, FakeInterfaces.Compat, FakeInterfaces.CompatUnderContainerNode],
        [0UL, 4096UL, 16384UL]);

    public static MatrixTheoryData<FakeInterfaces, int> Refusals { get; } = new(
        [FakeInterfaces.ContainersOnly, FakeInterfaces.CdevsOnly, FakeInterfaces.Compat],
        [Errno.EINVAL, Errno.EBUSY, Errno.EDEADLOCK]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Another_size(FakeInterfaces interfaces, ulong unmapped)
        => AssertMismatch(interfaces, unmapped, machine => machine.Kernel.UnmappedSize = _ => unmapped);

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_there(FakeInterfaces interfaces)
        => AssertMismatch(interfaces, 0, machine =>
        {
            if (interfaces == FakeInterfaces.ContainersOnly)
            {
                machine.Kernel.UnmappedSize = static _ => 0;
                return;
            }

            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.UnmapDma), Errno.ENOENT);
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.UnmapIoas), Errno.ENOENT);
        });

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_refusal_keeps_its_errno(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        using DmaBuffer buffer = device.Dma.Allocate(8192);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.UnmapDma), errno);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.UnmapIoas), errno);
        ErrorAssert.Refused(VfioErrorKind.Refused, Step(device), errno, device.Dma.Path, buffer.Mapping.Unmap);
        Assert.True(buffer.Mapping.IsLive);
        buffer.Mapping.Unmap();
    }

    private static void AssertMismatch(FakeInterfaces interfaces, ulong unmapped, Action<FakeMachine> spoil)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            DmaBuffer buffer = device.Dma.Allocate(8192);
            spoil(machine);
            VfioException error = ErrorAssert.Refused(
                VfioErrorKind.UnmapMismatch, Step(device), 0, device.Dma.Path, buffer.Mapping.Unmap);
            Assert.Contains($"{unmapped} bytes", error.Message, StringComparison.Ordinal);
            Assert.True(buffer.Mapping.IsLive);
            machine.Kernel.UnmappedSize = null;
            machine.Kernel.Faults.Clear();
            buffer.Dispose();
            Assert.Empty(machine.Kernel.Memory);
        }

        machine.AssertClean();
    }

    private static string Step(VfioDevice device) => device.Backend == VfioBackend.Iommufd ? "IOMMU_IOAS_UNMAP" : "VFIO_IOMMU_UNMAP_DMA";
}
