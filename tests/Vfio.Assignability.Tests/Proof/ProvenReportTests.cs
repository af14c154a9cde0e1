using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>Reports held against answers of the kernel. That the kernel gives such answers is for the tests on devices.</summary>
public sealed class ProvenReportTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void What_the_kernel_says_too_changes_nothing()
    {
        AssignabilityReport report = Bound();

        AssignabilityReport proven = Prove(report, Opened(VfioBackend.Iommufd), Opened(VfioBackend.Type1V2));

        Assert.Equal(report.Findings, proven.Findings);
        Assert.Equal((report.Verdict, report.Reset), (proven.Verdict, proven.Reset));
        Assert.Equal(report.Unknown, proven.Unknown);
    }

    [Theory]
    [InlineData(VfioErrorKind.GroupNotViable, FindingCode.GroupNotViable, Verdict.After)]
    [InlineData(VfioErrorKind.GroupBusy, FindingCode.GroupBusy, Verdict.No)]
    [InlineData(VfioErrorKind.UnsafeInterrupts, FindingCode.UnsafeInterrupts, Verdict.Unsafe)]
    [InlineData(VfioErrorKind.FirmwareReservedDma, FindingCode.FirmwareReservedDma, Verdict.No)]
    [InlineData(VfioErrorKind.DeviceUnreachable, FindingCode.DeviceUnreachable, Verdict.No)]
    [InlineData(VfioErrorKind.NoIommuModel, FindingCode.NoIommuDriver, Verdict.After)]
    [InlineData(VfioErrorKind.Refused, FindingCode.DeviceFdRefused, Verdict.No)]
    public void A_refusal_that_the_report_does_not_have_turns_the_verdict(VfioErrorKind kind, string code, Verdict verdict)
    {
        AssignabilityReport proven = Prove(Bound(), Refused(VfioBackend.Type1V2, kind));

        _ = proven.Finds(code, Severity.Blocker, Target).Finds(FindingCode.ProofDiffers, Target);
        Assert.Equal(verdict, proven.Verdict);
        Assert.Equal(verdict == Verdict.After, proven.Actions.Count > 0);
        Assert.All(proven.Findings, static finding => Assert.Equal(Confidence.Proven, finding.Confidence));
    }

    [Theory]
    [InlineData(VfioErrorKind.TokenRequired, FindingCode.VfTokenRequired)]
    [InlineData(VfioErrorKind.PermissionDenied, FindingCode.NodeDenied)]
    public void A_refusal_of_this_caller_turns_no_verdict(VfioErrorKind kind, string code)
    {
        AssignabilityReport proven = Prove(Bound(), Refused(VfioBackend.Type1V2, kind));

        Assert.Equal(Verdict.Yes, proven.Verdict);
        _ = proven.Finds(code, Severity.Warning, Target).FindsNot(FindingCode.ProofDiffers);
    }

    [Fact]
    public void One_back_end_that_opens_is_enough()
    {
        AssignabilityReport proven = Prove(Bound(), Refused(VfioBackend.Iommufd, VfioErrorKind.UnsafeInterrupts), Opened(VfioBackend.Type1V2));

        Assert.Equal(Verdict.Yes, proven.Verdict);
        _ = proven.Finds(FindingCode.UnsafeInterrupts, Severity.Warning, Target).FindsNot(FindingCode.ProofDiffers);
    }

    [Fact]
    public void Unsafe_interrupts_that_the_kernel_accepts_untold_are_none()
    {
        _ = _host.InterruptsNotRemapped().Nvme().Driver("vfio-pci");

        AssignabilityReport proven = Prove(_host.Inspect(Target).Is(Verdict.Unsafe), Opened(VfioBackend.Type1V2));

        Assert.Equal(Verdict.Yes, proven.Verdict);
        _ = proven.Finds(FindingCode.ProofDiffers, Target).FindsNot(FindingCode.UnsafeInterrupts).DoesNothing();
    }

    [Fact]
    public void Unsafe_interrupts_that_it_was_told_to_accept_are_still_unsafe()
    {
        _ = _host.InterruptsNotRemapped().Module("vfio_iommu_type1", "allow_unsafe_interrupts=Y").Nvme().Driver("vfio-pci");

        AssignabilityReport proven = Prove(
            _host.Inspect(Target).Is(Verdict.Unsafe),
            Refused(VfioBackend.Iommufd, VfioErrorKind.UnsafeInterrupts),
            Opened(VfioBackend.Type1V2) with { AcceptsUnsafeInterrupts = true });

        Assert.Equal(Verdict.Unsafe, proven.Verdict);
        _ = proven.Finds(FindingCode.UnsafeInterrupts, Severity.Blocker, Target).FindsNot(FindingCode.ProofDiffers);
    }

    [Fact]
    public void A_device_that_opens_without_an_iommu_is_unsafe()
    {
        AssignabilityReport proven = Prove(Bound(), Opened(VfioBackend.NoIommu) with { IsIsolated = false });

        Assert.Equal(Verdict.Unsafe, proven.Verdict);
        _ = proven.Finds(FindingCode.NoIsolation, Severity.Blocker, Target).Finds(FindingCode.ProofDiffers, Target);
    }

    [Fact]
    public void No_answer_at_all_is_what_is_unknown()
    {
        AssignabilityReport proven = Prove(Bound());

        Assert.Equal(Verdict.Yes, proven.Verdict);
        Assert.Equal("/dev/vfio", Assert.Single(proven.Unknown).Path);
    }

    private static AssignabilityReport Prove(AssignabilityReport report, params KernelAnswer[] answers) => new ProvenReport(report, answers).Build();

    private static KernelAnswer Opened(VfioBackend backend) => new(backend, null, CanReset: true);

    private static KernelAnswer Refused(VfioBackend backend, VfioErrorKind kind)
        => new(backend, new VfioException(kind, "open", "/dev/vfio/1", "it does not open", "Make it open"));

    private AssignabilityReport Bound()
    {
        _ = _host.Nvme().Driver("vfio-pci");
        return _host.Inspect(Target).Is(Verdict.Yes);
    }
}
