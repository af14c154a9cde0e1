using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Faults;

/// <summary>Controllers that fail in an admin command.</summary>
public sealed class AdminFaultTests : IDisposable
{
    private readonly ModelController _model = new();
    private readonly NvmeController _controller;

    public AdminFaultTests() => _controller = NvmeController.Open(_model, _model.Options);

    public void Dispose() => _controller.Dispose();

    [Theory]
    [InlineData(nameof(ModelFault.LoseCompletion), NvmeErrorKind.CommandTimeout)]
    [InlineData(nameof(ModelFault.Hold), NvmeErrorKind.CommandTimeout)]
    [InlineData(nameof(ModelFault.WrongIdentifier), NvmeErrorKind.ProtocolViolation)]
    [InlineData(nameof(ModelFault.Fatal), NvmeErrorKind.ControllerFatal)]
    public void A_command_that_goes_wrong_throws_and_leaves_a_controller_that_works(string fault, NvmeErrorKind kind)
    {
        FaultOnce(Enum.Parse<ModelFault>(fault));

        NvmeException error = Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());

        Assert.Equal(kind, error.Kind);
        Assert.Equal(ControllerState.Ready, _controller.State);
        Assert.Equal(2, _model.Enables);
        Assert.Equal(300, _controller.ReadSmartLog().TemperatureKelvin);
        Assert.Empty(_model.Bus.Faults);
    }

    [Fact]
    public void A_command_that_is_completed_twice_is_found_out_with_the_next()
    {
        FaultOnce(ModelFault.CompleteTwice);
        _controller.ReadSmartLog();

        NvmeException error = Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());

        Assert.Equal(NvmeErrorKind.ProtocolViolation, error.Kind);
        Assert.Equal(300, _controller.ReadSmartLog().TemperatureKelvin);
    }

    [Fact]
    public void A_controller_that_vanishes_is_removed()
    {
        FaultOnce(ModelFault.Vanish);

        NvmeException error = Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());

        Assert.Equal(NvmeErrorKind.FunctionGone, error.Kind);
        Assert.Equal(ControllerState.Removed, _controller.State);
        Assert.False(_model.Bus.IsMaster);
        Assert.Equal(NvmeErrorKind.NotUsable, Assert.Throws<NvmeException>(() => _controller.ReadSmartLog()).Kind);
    }

    [Fact]
    public void A_controller_that_is_not_brought_back_by_its_own_reset_is_by_the_functions()
    {
        _model.StuckUntilReset = ModelStuck.NeverIdle;
        FaultOnce(ModelFault.LoseCompletion);

        Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());

        Assert.Equal(1, _model.FunctionResets);
        Assert.Equal(ControllerState.Ready, _controller.State);
        Assert.Equal(300, _controller.ReadSmartLog().TemperatureKelvin);
    }

    [Fact]
    public void A_controller_that_nothing_brings_back_has_failed_and_says_why()
    {
        _model.Stuck = ModelStuck.NeverReady;
        FaultOnce(ModelFault.LoseCompletion);

        NvmeException error = Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());

        Assert.Equal(NvmeErrorKind.CommandTimeout, error.Kind);
        Assert.Equal(ControllerState.Failed, _controller.State);
        Assert.False(_model.Bus.IsMaster);
        NvmeException later = Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());
        Assert.Equal(NvmeErrorKind.NotUsable, later.Kind);
        Assert.Same(error, later.InnerException);
    }

    private void FaultOnce(ModelFault fault)
    {
        bool done = false;
        _model.OnCommand = command =>
        {
            bool now = !done && command.IsAdmin(AdminOpcode.GetLogPage);
            done |= now;
            return now ? fault : ModelFault.None;
        };
    }
}
