using Vfio.Nvme.Tests.Model;
using Vfio.Nvme.Tool;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tests.Tool;

public sealed class NamespaceChoiceTests : IDisposable
{
    private readonly NvmeController _controller;

    public NamespaceChoiceTests()
    {
        var model = new ModelController(new ModelNamespace(2, 4096, 16) { Metadata = 8 }, new ModelNamespace(5, 512, 16));
        _controller = NvmeController.Open(model, model.Options);
    }

    public void Dispose() => _controller.Dispose();

    [Fact]
    public void The_first_that_can_be_used_is_taken_unless_one_is_named()
    {
        Assert.Equal(5u, NamespaceChoice.Any(_controller, null).Id);
        Assert.Equal(2u, NamespaceChoice.Any(_controller, 2).Id);
        Assert.Contains("namespace 3", Assert.Throws<UsageException>(() => NamespaceChoice.Any(_controller, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_with_metadata_can_be_found_and_not_used()
    {
        NamespaceChoice.RequireUsable(_controller, NamespaceChoice.Any(_controller, 5));

        UsageException error = Assert.Throws<UsageException>(() => NamespaceChoice.RequireUsable(_controller, NamespaceChoice.Any(_controller, 2)));

        Assert.Contains("8 bytes of metadata", error.Message, StringComparison.Ordinal);
        Assert.Contains("format", error.Message, StringComparison.Ordinal);
    }
}
