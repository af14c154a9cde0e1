namespace Vfio.Core.Tests;

/// <summary>What the handler of the signal does with a fault that is not in a mapped region: what would happen without it.</summary>
public sealed class FaultHandlerTests
{
    private const int Signalled = 128;
    private const int Bus = 7;
    private const int Abort = 6;

    [Theory]
    [InlineData("runtime", Abort)]
    [InlineData("default", Bus)]
    [InlineData("ignored", Bus)]
    [InlineData("default-sent", Bus)]
    public void A_fault_of_somebody_elses_ends_the_process_as_before(string handler, int signal)
    {
        (int exitCode, string output) = CodegenProbe.RunWith("fault", handler);
        Assert.Equal(Signalled + signal, exitCode);
        Assert.Equal("True", output.Trim());
    }

    [Fact]
    public void A_signal_that_was_ignored_stays_so_when_somebody_sends_it()
    {
        (int exitCode, string output) = CodegenProbe.RunWith("fault", "ignored-sent");
        Assert.Equal(0, exitCode);
        Assert.EndsWith("alive", output.Trim(), StringComparison.Ordinal);
    }
}
