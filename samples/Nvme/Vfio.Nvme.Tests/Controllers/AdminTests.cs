using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Controllers;

public sealed class AdminTests : IDisposable
{
    private readonly ModelController _model = new();
    private readonly NvmeController _controller;

    public AdminTests() => _controller = NvmeController.Open(_model, _model.Options);

    public void Dispose() => _controller.Dispose();

    [Fact]
    public void Features_are_set_and_got()
    {
        _controller.SetFeature(NvmeFeature.VolatileWriteCache, 1);
        _controller.SetInterruptCoalescing(8, TimeSpan.FromMilliseconds(1.5));

        Assert.Equal(1u, _controller.GetFeature(NvmeFeature.VolatileWriteCache));
        Assert.Equal(7u | (15u << 8), _controller.GetFeature(NvmeFeature.InterruptCoalescing));
        Assert.Throws<ArgumentException>(() => _controller.SetFeature(NvmeFeature.NumberOfQueues, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _controller.SetInterruptCoalescing(257, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => _controller.SetInterruptCoalescing(1, TimeSpan.FromMilliseconds(26)));
    }

    [Fact]
    public void The_smart_log_is_read()
    {
        SmartLog log = _controller.ReadSmartLog();

        Assert.Equal(300, log.TemperatureKelvin);
        Assert.Equal(100, log.AvailableSpare);
        Assert.Equal(4, log.CriticalWarning);
    }

    [Fact]
    public void Events_come_out_in_turn_and_are_asked_for_again()
    {
        Assert.False(_controller.TryTakeEvent(out _));
        for (int round = 0; round < 10; round++)
        {
            var first = new AsyncEvent(AsyncEventType.SmartHealth, 1, SmartLog.LogPage);
            var second = new AsyncEvent(AsyncEventType.Notice, round, 4);
            _model.Raise(first);
            _model.Raise(second);

            Assert.True(_controller.TryTakeEvent(out AsyncEvent taken));
            Assert.Equal(first, taken);
            Assert.True(_controller.TryTakeEvent(out taken));
            Assert.Equal(second, taken);
            Assert.False(_controller.TryTakeEvent(out _));
        }
    }

    [Fact]
    public void An_event_does_not_disturb_a_command()
    {
        var raised = new AsyncEvent(AsyncEventType.Error, 3, 1);
        _model.Raise(raised);

        Assert.Equal(300, _controller.ReadSmartLog().TemperatureKelvin);

        Assert.True(_controller.TryTakeEvent(out AsyncEvent taken));
        Assert.Equal(raised, taken);
    }

    [Fact]
    public void A_format_gives_a_new_namespace_and_retires_the_old_one()
    {
        NvmeNamespace old = _controller.Namespaces[0];
        using IoQueuePair queue = _controller.CreateQueue();

        NvmeNamespace now = _controller.Format(old, old.Identity.Formats[0]);

        Assert.Equal(512, now.BlockSize);
        Assert.Equal(8192u, now.BlockCount);
        Assert.Same(now, _controller.Namespaces[0]);
        Assert.Throws<ArgumentException>(() => queue.TryRead(old, 0, 1, default, out _));
        Assert.Throws<ArgumentException>(() => _controller.Format(now, new LbaFormat(9, 512, 0)));
    }

    [Fact]
    public void A_format_makes_a_namespace_with_metadata_one_that_can_be_used()
    {
        var model = new ModelController(new ModelNamespace(1, 4096, 16) { Metadata = 8 });
        using NvmeController controller = NvmeController.Open(model, model.Options);
        NvmeNamespace old = controller.Namespaces[0];
        Assert.False(old.IsUsable);
        Assert.Throws<ArgumentException>(() => controller.Format(old, old.Identity.Format));

        Assert.True(controller.Format(old, old.Identity.Formats[0]).IsUsable);
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 512)]
    [InlineData(6, 4096)]
    public void A_format_of_one_namespace_is_one_of_all_where_the_controller_says_so(byte attributes, int otherBlockSize)
    {
        var model = new ModelController(new ModelNamespace(1, 4096, 16), new ModelNamespace(2, 4096, 16)) { FormatAttributes = attributes };
        using NvmeController controller = NvmeController.Open(model, model.Options);
        NvmeNamespace other = controller.Namespaces[1];

        controller.Format(controller.Namespaces[0], other.Identity.Formats[0]);

        Assert.Equal((attributes & 1) != 0, controller.Identity.FormatsAllNamespaces);
        Assert.Equal([512, otherBlockSize], controller.Namespaces.Select(static space => space.BlockSize));
        Assert.False(other.IsUsable);
        Assert.True(controller.Namespaces[1].IsUsable);
    }

    [Fact]
    public void A_refused_command_says_how_it_ended()
    {
        _model.OnCommand = static command => command.IsAdmin(AdminOpcode.GetLogPage) ? ModelFault.Fail : ModelFault.None;

        NvmeException error = Assert.Throws<NvmeException>(() => _controller.ReadSmartLog());

        Assert.Equal(NvmeErrorKind.CommandFailed, error.Kind);
        Assert.Equal(_model.FaultStatus, error.Status);
        Assert.Contains("Internal Error", error.Message, StringComparison.Ordinal);
        Assert.Equal(ControllerState.Ready, _controller.State);
    }

    [Fact]
    public void Queues_are_made_up_to_the_limit_and_their_identifiers_used_again()
    {
        IoQueuePair[] queues = [.. Enumerable.Range(0, _controller.MaxQueues).Select(_ => _controller.CreateQueue())];
        Assert.Equal(Enumerable.Range(1, _controller.MaxQueues), queues.Select(static queue => queue.Id));
        Assert.Equal(NvmeErrorKind.NotSupported, Assert.Throws<NvmeException>(() => _controller.CreateQueue()).Kind);

        queues[2].Dispose();
        using IoQueuePair again = _controller.CreateQueue();

        Assert.Equal(3, again.Id);
        Array.ForEach(queues, static queue => queue.Dispose());
    }
}
