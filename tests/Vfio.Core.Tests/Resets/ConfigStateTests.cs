using static Vfio.Native.PciRegs;

namespace Vfio.Core.Tests;

public sealed class ConfigStateTests : IDisposable
{
    private const int Express = 0x40;
    private const int Errors = 0x100;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public ConfigStateTests()
    {
        FakeRegion config = _machine.Device.Config;
        config.Poke(0, 0x86, 0x80, 0xc9, 0x10, 0x06, 0x00, 0x10, 0x00);
        config.Poke(PCI_CAPABILITY_LIST, Express);
        config.Poke(Express, PCI_CAP_ID_EXP, 0, 2, 0);
        config.Poke(Express + PCI_EXP_DEVCTL, 0x10, 0x28);
        config.Poke(Express + PCI_EXP_DEVCTL2, 0x05, 0x00);
        config.Poke(Errors, 0x01, 0x00, 0x02, 0x00);
        config.Poke(Errors + PCI_ERR_UNCOR_MASK, 1, 2, 3, 4);
        _device = _machine.Open();
    }

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void What_is_as_it_was_is_not_written()
    {
        PciConfigState state = PciConfigState.Save(_device.Config);
        Assert.Equal(PciCommand.Memory | PciCommand.BusMaster, state.Command);
        int before = _machine.Kernel.Faults.Count(nameof(IVfioKernel.WriteAt));
        Assert.Empty(state.Restore(_device.Config));
        Assert.Equal(before, _machine.Kernel.Faults.Count(nameof(IVfioKernel.WriteAt)));
    }

    [Fact]
    public void What_changed_is_written_back_and_the_command_register_last()
    {
        PciConfigState state = PciConfigState.Save(_device.Config);
        FakeRegion config = _machine.Device.Config;
        config.Poke(PCI_COMMAND, 0, 0);
        config.Poke(PCI_CACHE_LINE_SIZE, 0x10);
        config.Poke(Express + PCI_EXP_DEVCTL, 0, 0);
        config.Poke(Express + PCI_EXP_DEVCTL2, 0, 0);
        config.Poke(Errors + PCI_ERR_UNCOR_MASK, 0, 0, 0, 0);

        IReadOnlyList<int> written = state.Restore(_device.Config);

        Assert.Equal(
            [PCI_CACHE_LINE_SIZE, Express + PCI_EXP_DEVCTL, Express + PCI_EXP_DEVCTL2, Errors + PCI_ERR_UNCOR_MASK, PCI_COMMAND], written);
        Assert.Equal([0x06, 0x00], config.Peek(PCI_COMMAND, 2));
        Assert.Equal([0x10, 0x28], config.Peek(Express + PCI_EXP_DEVCTL, 2));
        Assert.Equal([0x05, 0x00], config.Peek(Express + PCI_EXP_DEVCTL2, 2));
        Assert.Equal([1, 2, 3, 4], config.Peek(Errors + PCI_ERR_UNCOR_MASK, 4));
        Assert.Empty(state.Restore(_device.Config));
    }

    [Fact]
    public void The_bit_that_resets_is_never_written()
    {
        _machine.Device.Config.Poke(Express + PCI_EXP_DEVCTL, 0x10, 0xa8);
        PciConfigState state = PciConfigState.Save(_device.Config);
        _machine.Device.Config.Poke(Express + PCI_EXP_DEVCTL, 0, 0);
        _ = state.Restore(_device.Config);
        Assert.Equal([0x10, 0x28], _machine.Device.Config.Peek(Express + PCI_EXP_DEVCTL, 2));
    }

    [Fact]
    public void The_state_of_another_kind_of_device_is_refused()
    {
        PciConfigState state = PciConfigState.Save(_device.Config);
        _machine.Device.Config.Poke(PCI_DEVICE_ID, 0xca);
        Assert.Contains(FakeMachine.Address, Assert.Throws<ArgumentException>(() => state.Restore(_device.Config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_is_not_there_is_neither_saved_nor_written()
    {
        PciConfigState state = PciConfigState.Save(_device.Config);
        _machine.Device.Config.Poke(PCI_COMMAND, 0xff, 0xfb);
        ErrorAssert.Refused(VfioErrorKind.DeviceUnreachable, "read the configuration space", 0, FakeMachine.Address, () => PciConfigState.Save(_device.Config));
        ErrorAssert.Refused(VfioErrorKind.DeviceUnreachable, "restore the configuration space", 0, FakeMachine.Address, () => state.Restore(_device.Config));
    }

    [Fact]
    public void A_conventional_device_has_fewer_registers()
    {
        _machine.Device.Config.Poke(PCI_CAPABILITY_LIST, 0);
        _machine.Device.Config.Poke(Errors, 0, 0, 0, 0);
        PciConfigState state = PciConfigState.Save(_device.Config);
        _machine.Device.Config.Poke(Express + PCI_EXP_DEVCTL, 0, 0);
        Assert.Empty(state.Restore(_device.Config));
    }
}
