using Vfio.Native;

namespace Vfio.Core.Tests;

public sealed class ResetMethodTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly PciAddress _address = PciAddress.Parse(FakeMachine.Address);

    private string File => Path.Combine(_machine.Sysfs.Folder(FakeMachine.Address), "reset_method");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void The_list_is_read_in_the_kernels_order()
    {
        _machine.Sysfs.Write(FakeMachine.Address, "reset_method", "flr pm bus new_one\n");
        HostFact<IReadOnlyList<PciResetMethod>> methods = Read();
        Assert.True(methods.IsKnown);
        Assert.Equal(
            [PciResetMethod.FunctionLevel, PciResetMethod.PowerManagement, PciResetMethod.Bus, new PciResetMethod("new_one")], methods.Value);
    }

    [Fact]
    public void An_empty_list_is_not_an_absent_one()
    {
        Assert.Equal(FactState.Absent, Read().State);
        _machine.Sysfs.Write(FakeMachine.Address, "reset_method", string.Empty);
        Assert.Empty(Read().Value!);
        _machine.Sysfs.Write(FakeMachine.Address, "reset_method", "flr <b>\n");
        Assert.True(Read().IsUnknown);
    }

    [Fact]
    public void The_list_is_written_as_the_kernel_takes_it()
    {
        _machine.Sysfs.Write(FakeMachine.Address, "reset_method", string.Empty);
        PciResetMethods.Set(_machine.Host, _address, [PciResetMethod.PowerManagement, PciResetMethod.FunctionLevel]);
        Assert.Equal("pm flr\n", _machine.Sysfs.Read(FakeMachine.Address, "reset_method"));
    }

    [Fact]
    public void Bad_names_and_lists_are_refused()
    {
        foreach (string name in (string[])["", "FLR", "flr ", "a\nb", "a-b"])
        {
            Assert.ThrowsAny<ArgumentException>(() => new PciResetMethod(name));
        }

        Assert.Throws<ArgumentException>(() => PciResetMethods.Set(_machine.Host, _address, []));
        Assert.Throws<ArgumentException>(() => PciResetMethods.Set(_machine.Host, _address, [default]));
        Assert.Empty(default(PciResetMethod).Name);
    }

    [Fact]
    public void What_cannot_be_written_is_named()
    {
        ErrorAssert.Refused(
            VfioErrorKind.NotSupported,
            "write " + File,
            Errno.ENOENT,
            FakeMachine.Address,
            () => PciResetMethods.Set(_machine.Host, _address, [PciResetMethod.Bus]));
        VfioException missing = Assert.Throws<VfioException>(
            () => PciResetMethods.Set(_machine.Host, PciAddress.Parse("0000:7f:00.0"), [PciResetMethod.Bus]));
        Assert.Equal(VfioErrorKind.NoSuchDevice, missing.Kind);
    }

    private HostFact<IReadOnlyList<PciResetMethod>> Read() => new PciHost(HostTree.At(_machine.Sysfs.Root)).Get(_address).ResetMethods;
}
