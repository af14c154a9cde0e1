using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Devices that are reset by their bus, alone or together with others.</summary>
public sealed class BusResetTests : IDisposable
{
    private const string Second = "0000:01:00.1";

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(null, Verdict.After)]
    [InlineData("vfio-pci", Verdict.Yes)]
    public void A_device_alone_on_its_bus_is_reset_by_it(string? driver, Verdict verdict)
    {
        _ = _host.RootPort(Port).Device(Target, 0x10de, 0x1c82, 0x030000).Reset("bus").Driver(driver);

        _ = _host.Inspect(Target).Is(verdict).Resets(ResetClass.R1, "bus").Hits(Target).FindsNot(FindingCode.ResetMethodStale, FindingCode.ResetSetNotOwned);
    }

    [Fact]
    public void Two_functions_on_vfio_have_a_weak_reset_of_their_own_and_a_shared_one()
    {
        (FunctionBuilder first, FunctionBuilder second) = TwoFunctions();
        _ = first.Driver("vfio-pci");
        _ = second.Driver("vfio-pci");

        AssignabilityReport report = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "pm")
            .Finds(FindingCode.ResetMethodStale, Severity.Info, Target).FindsNot(FindingCode.ResetSetNotOwned);

        Assert.Equal(["pm", "bus"], report.Reset.Methods);
        _ = _host.Inspect(Second).Is(Verdict.Yes).Resets(ResetClass.R0, "pm").FindsNot(FindingCode.ResetMethodStale, FindingCode.ResetSetNotOwned);
    }

    [Fact]
    public void A_second_function_without_a_driver_keeps_the_shared_reset_away()
    {
        (FunctionBuilder first, _) = TwoFunctions();
        _ = first.Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "pm").DoesNothing()
            .Finds(FindingCode.ResetMethodStale, Severity.Info, Target)
            .Finds(FindingCode.ResetSetNotOwned, Severity.Info, Second)
            .HasMember(Second, null, MemberRole.Endpoint, blocks: false)
            .FindsNot(FindingCode.GroupNotViable);
    }

    [Fact]
    public void A_graphics_card_and_its_sound_go_together()
    {
        _ = _host.Graphics();

        _ = _host.Inspect("0000:03:00.0").Is(Verdict.After).ActsOn("0000:03:00.0", "0000:03:00.1")
            .Resets(ResetClass.R3, null).Hits("0000:03:00.0", "0000:03:00.1").IsBlockedBy("0000:03:00.1")
            .Finds(FindingCode.ResetMethodStale, Severity.Warning, "0000:03:00.0")
            .FindsOnly(FindingCode.GroupNotViable, "0000:03:00.1")
            .Finds(FindingCode.ResetSetNotOwned, "0000:03:00.1")
            .Finds(FindingCode.HeuristicReset, "0000:03:00.0")
            .Finds(FindingCode.DisplayOutputLocal, "0000:03:00.0")
            .FindsNot(FindingCode.ApuResetRisk, FindingCode.NoResetMechanism)
            .HasMember("0000:03:00.1", "snd_hda_intel", MemberRole.Endpoint, blocks: true);
    }

    [Fact]
    public void Once_both_are_bound_the_shared_reset_is_complete()
    {
        _ = _host.Graphics("vfio-pci", "vfio-pci");

        _ = _host.Inspect("0000:03:00.0").Is(Verdict.Yes).Resets(ResetClass.R2, "hot").Hits("0000:03:00.0", "0000:03:00.1").IsBlockedBy()
            .Finds(FindingCode.ResetMethodStale, "0000:03:00.0").FindsNot(FindingCode.ResetSetNotOwned);
        _ = _host.Inspect("0000:03:00.1").Is(Verdict.Yes).Resets(ResetClass.R2, "hot").FindsNot(FindingCode.ResetMethodStale);
    }

    [Fact]
    public void The_target_counts_as_bound()
    {
        _ = _host.Graphics(null, "vfio-pci");

        _ = _host.Inspect("0000:03:00.0").Is(Verdict.After).Resets(ResetClass.R2, "hot").ActsOn("0000:03:00.0");
    }

    [Fact]
    public void A_function_in_another_group_is_in_the_way_of_the_reset_all_the_same()
    {
        (FunctionBuilder gpu, FunctionBuilder sound) = _host.Graphics("vfio-pci", null);
        _ = gpu.Group(20);
        _ = sound.Group(21);

        _ = _host.Inspect("0000:03:00.0").Is(Verdict.Yes).DoesNothing().Resets(ResetClass.R3, null).IsBlockedBy("0000:03:00.1")
            .Hits("0000:03:00.0", "0000:03:00.1").Finds(FindingCode.ResetSetNotOwned, "0000:03:00.1").FindsNot(FindingCode.GroupNotViable);
    }

    [Fact]
    public void Two_devices_behind_a_conventional_bridge_are_reset_together()
    {
        Conventional("vfio-pci", "vfio-pci");

        _ = _host.Inspect("0000:04:01.0").Is(Verdict.Yes).Resets(ResetClass.R2, "hot").Hits("0000:04:01.0", "0000:04:02.0").IsBlockedBy()
            .Finds(FindingCode.ResetMethodStale, Severity.Warning, "0000:04:01.0")
            .HasMember("0000:03:00.0", null, MemberRole.Bridge, blocks: false);
    }

    [Fact]
    public void Or_not_at_all()
    {
        Conventional("vfio-pci", null);

        _ = _host.Inspect("0000:04:01.0").Is(Verdict.Yes).Resets(ResetClass.R3, null).IsBlockedBy("0000:04:02.0")
            .Finds(FindingCode.ResetSetNotOwned, "0000:04:02.0");
    }

    [Fact]
    public void A_bridge_on_the_bus_can_never_be_owned()
    {
        FunctionBuilder port = _host.RootPort(Port);
        _ = port.Device(Target, 0x1234, 0x0001, 0x028000).Driver("vfio-pci");
        _ = port.ConventionalBridge(Second).Device("0000:02:00.0", 0x1234, 0x0002, 0x028000).Conventional().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R3, null).IsBlockedBy(Second)
            .Hits(Target, Second, "0000:02:00.0").Finds(FindingCode.ResetSetNotOwned, Second);
    }

    [Fact]
    public void A_bus_ahead_of_a_function_reset_is_used_where_it_works()
    {
        _ = _host.Nvme().Driver("vfio-pci").Reset("bus flr");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R1, "bus").FindsNot(FindingCode.ResetMethodStale);
    }

    [Fact]
    public void And_passed_over_where_it_does_not()
    {
        FunctionBuilder first = _host.Nvme().Driver("vfio-pci").Reset("bus flr");
        _ = first.Beside(Second, 0x144d, 0xa808, 0x010802).Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "flr").Hits(Target).Finds(FindingCode.ResetMethodStale, Severity.Warning, Target);
    }

    [Fact]
    public void A_card_that_the_kernel_spares_the_bus_reset_has_none()
    {
        _ = _host.RootPort(Port).Device(Target, 0x168c, 0x0030, 0x028000).NoReset().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R4, null).Finds(FindingCode.NoResetMechanism, Target);
    }

    private (FunctionBuilder First, FunctionBuilder Second) TwoFunctions()
    {
        FunctionBuilder first = _host.RootPort(Port).Device(Target, 0x8086, 0x10d3, 0x020000).PowerManagement(resets: true).Reset("pm bus").Group(5);
        return (first, first.Beside(Second, 0x8086, 0x10d3, 0x020000).PowerManagement(resets: true).Reset("pm").Group(5));
    }

    private void Conventional(string? first, string? second)
    {
        FunctionBuilder bridge = _host.RootPort("0000:00:1c.0").ConventionalBridge("0000:03:00.0").Group(9);
        _ = bridge.Device("0000:04:01.0", 0x8086, 0x100e, 0x020000).Conventional().Group(9).Driver(first).Reset("bus");
        _ = bridge.Device("0000:04:02.0", 0x8086, 0x100e, 0x020000).Conventional().Group(9).Driver(second).NoReset();
    }
}
