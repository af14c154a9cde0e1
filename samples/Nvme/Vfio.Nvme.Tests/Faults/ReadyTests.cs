using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Faults;

/// <summary>Controllers that do not come up, or not down.</summary>
public sealed class ReadyTests
{
    [Theory]
    [InlineData(nameof(ModelStuck.NeverReady), NvmeErrorKind.NotReady)]
    [InlineData(nameof(ModelStuck.FatalWhenEnabled), NvmeErrorKind.ControllerFatal)]
    public void A_controller_that_does_not_come_up_is_given_back(string stuck, NvmeErrorKind kind)
    {
        var model = new ModelController { Stuck = Enum.Parse<ModelStuck>(stuck) };

        NvmeException error = Assert.Throws<NvmeException>(() => NvmeController.Open(model, model.Options));

        Assert.Equal(kind, error.Kind);
        AssertGivenBack(model);
    }

    [Fact]
    public void A_controller_that_does_not_become_idle_is_given_back_before_it_gets_memory()
    {
        var model = new ModelController { Stuck = ModelStuck.NeverIdle };
        model.WriteRegister(NvmeRegister.Configuration, ControllerConfiguration.Enable);

        NvmeException error = Assert.Throws<NvmeException>(() => NvmeController.Open(model, model.Options));

        Assert.Equal(NvmeErrorKind.NotReady, error.Kind);
        Assert.Equal("CC.EN = 0", error.Step);
        AssertGivenBack(model);
    }

    [Fact]
    public void The_time_that_the_controller_asks_for_is_waited()
    {
        var model = new ModelController { Stuck = ModelStuck.NeverReady, Capabilities = 1023 | (20UL << 24) | (1UL << 37) };
        long before = model.Clock.Milliseconds;

        Assert.Throws<NvmeException>(() => NvmeController.Open(model, model.Options));

        Assert.InRange(model.Clock.Milliseconds - before, 10_000, 10_100);
    }

    [Fact]
    public void A_function_that_is_gone_is_told()
    {
        var model = new ModelController();
        model.Vanish();

        NvmeException error = Assert.Throws<NvmeException>(() => NvmeController.Open(model, model.Options));

        Assert.Equal(NvmeErrorKind.FunctionGone, error.Kind);
        AssertGivenBack(model);
    }

    [Fact]
    public void A_shutdown_that_does_not_end_leaves_the_controller_failed_and_kept_from_memory()
    {
        var model = new ModelController { Stuck = ModelStuck.NeverShutDown };
        using NvmeController controller = NvmeController.Open(model, model.Options);

        NvmeException error = Assert.Throws<NvmeException>(controller.Shutdown);

        Assert.Equal(NvmeErrorKind.NotReady, error.Kind);
        Assert.Equal(ControllerState.Failed, controller.State);
        Assert.False(model.Bus.IsMaster);
    }

    [Fact]
    public void Dispose_does_not_mind_a_shutdown_that_does_not_end()
    {
        var model = new ModelController { Stuck = ModelStuck.NeverShutDown };
        NvmeController controller = NvmeController.Open(model, model.Options);

        controller.Dispose();

        AssertGivenBack(model);
    }

    private static void AssertGivenBack(ModelController model)
    {
        Assert.True(model.IsDisposed);
        Assert.False(model.Bus.IsMaster);
        Assert.Equal(0, model.Bus.LiveCount);
        Assert.Empty(model.Bus.Faults);
    }
}
