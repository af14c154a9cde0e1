namespace Vfio.Native.Tests;

/// <summary>Every layout and every value, judged by gcc.</summary>
public sealed class OracleTests
{
    [Fact]
    public void GccAgreesWithEveryLayoutAndConstant()
    {
        var assertions = new CAssertions(typeof(VfioUapi).Assembly);
        Assert.All(assertions.Sources, item =>
        {
            ToolResult result = Gcc.Check(item.Source);
            string failures = string.Join('\n', result.Errors.Split('\n')
                .Where(line => line.Contains("error:", StringComparison.Ordinal)));
            Assert.True(result.ExitCode == 0, $"{item.Unit.MainHeader}:\n{failures}");
        });
    }

    [Fact]
    public void GccSeesAWrongAssertion()
    {
        HeaderUnit unit = HeaderUnit.All[0];
        ToolResult result = Gcc.Check(
            unit.Includes + "_Static_assert(sizeof(struct vfio_irq_set) == 24, \"size of vfio_irq_set\");\n");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("size of vfio_irq_set", result.Errors, StringComparison.Ordinal);
    }
}
