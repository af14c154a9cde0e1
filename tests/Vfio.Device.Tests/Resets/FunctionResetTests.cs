using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Resets;

public sealed class FunctionResetTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_device_without_reset_says_so()
    {
        using var taken = new Taken(TestDevice.Edu());

        Assert.False(taken.Device.CanReset);
        VfioException refusal = Assert.Throws<VfioException>(taken.Device.Reset);
        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal("VFIO_DEVICE_RESET", refusal.Step);
    }

    [Fact]
    public void Nvme_stops_in_a_reset_and_starts_again()
    {
        const long Configuration = 0x14;
        Mode.RequireMapping();
        using var taken = new Taken(TestDevice.Nvme());
        Assert.True(taken.Device.CanReset);
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1);
        for (int i = 0; i < 2; i++)
        {
            using var nvme = new NvmeAdmin(taken.Device);
            Assert.True(nvme.IsReady);
            Assert.NotEqual(0u, taken.Device.Regions.Bar(0).Read32(Configuration));
            nvme.SubmitIdentify();
            Assert.Equal(1ul, msix[0].Wait(_patience));
            nvme.CompleteIdentify();

            taken.Device.Reset();

            Assert.False(nvme.IsReady);
            Assert.Equal(0u, taken.Device.Regions.Bar(0).Read32(Configuration));
        }
    }

    [Fact]
    public void Igb_forgets_its_registers_in_a_reset()
    {
        const long ReceiveAddressLow = 0x5408;
        using var taken = new Taken(TestDevice.Igb());
        taken.Device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = taken.Device.Regions.Bar(0).Map();
        uint initial = registers.Read32(ReceiveAddressLow);
        registers.Write32(ReceiveAddressLow, ~initial);
        Assert.Equal(~initial, registers.Read32(ReceiveAddressLow));

        Assert.True(taken.Device.CanReset);
        taken.Device.Reset();

        Assert.Equal(initial, registers.Read32(ReceiveAddressLow));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_kernel_programs_the_vectors_of_igb_again(bool rearm)
    {
        using var taken = new Taken(TestDevice.Igb());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(IgbInterrupts.VectorCount);
        for (int round = 0; round < 2; round++)
        {
            using var igb = new IgbInterrupts(taken.Device);
            AssertAllArrive(igb, msix);

            taken.Device.Reset(new ResetOptions { RearmInterrupts = rearm });
        }
    }

    [Fact]
    public void Rearmed_vectors_work_although_memory_accesses_were_off()
    {
        using var taken = new Taken(TestDevice.Igb());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(IgbInterrupts.VectorCount);
        taken.Device.Config.Command &= ~PciCommand.Memory;

        // The table is in a BAR. Older kernels restore it with memory accesses as they were.
        taken.Device.Reset(new ResetOptions { RearmInterrupts = true });

        using var igb = new IgbInterrupts(taken.Device);
        AssertAllArrive(igb, msix);
    }

    [Fact]
    public void The_kernel_puts_the_configuration_space_back()
    {
        using var taken = new Taken(TestDevice.Igb());
        taken.Device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        PciConfigState state = PciConfigState.Save(taken.Device.Config);

        taken.Device.Reset();

        Assert.Empty(state.Restore(taken.Device.Config));
        Assert.True(taken.Device.Config.Command.HasFlag(PciCommand.Memory | PciCommand.BusMaster));
        taken.Device.Reset(new ResetOptions { RestoreConfig = true });
        Assert.Equal(state.Command, taken.Device.Config.Command);
    }

    [Fact]
    public void The_kernels_list_of_ways_is_read_and_written()
    {
        PciAddress address = TestDevice.Igb();
        Assert.Equal(PciResetMethod.FunctionLevel, Methods(address)[0]);
        int count = Methods(address).Count;
        using var taken = new Taken(address);
        try
        {
            PciResetMethods.Set(address, PciResetMethod.PowerManagement);
            Assert.Equal([PciResetMethod.PowerManagement], Methods(address));
            taken.Device.Reset();

            VfioException unknown = Assert.Throws<VfioException>(() => PciResetMethods.Set(address, new PciResetMethod("no_such_way")));
            Assert.Equal((VfioErrorKind.NotSupported, Errno.EINVAL), (unknown.Kind, unknown.Errno));
            Assert.Equal([PciResetMethod.PowerManagement], Methods(address));

            PciResetMethods.Disable(address);
            Assert.Empty(Methods(address));
            VfioException refusal = Assert.Throws<VfioException>(taken.Device.Reset);
            Assert.Equal((VfioErrorKind.Refused, Errno.ENOTTY), (refusal.Kind, refusal.Errno));
        }
        finally
        {
            PciResetMethods.SetDefault(address);
        }

        Assert.Equal(count, Methods(address).Count);
        taken.Device.Reset();
    }

    private static IReadOnlyList<PciResetMethod> Methods(PciAddress address) => PciFunction.Read(address).ResetMethods.Value!;

    private static void AssertAllArrive(IgbInterrupts igb, InterruptSet msix)
    {
        for (int vector = 0; vector < msix.Count; vector++)
        {
            igb.Trigger(vector);
            Assert.Equal(1ul, msix[vector].Wait(_patience));
        }
    }
}
