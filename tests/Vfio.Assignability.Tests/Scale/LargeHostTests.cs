namespace Vfio.Assignability.Tests;

/// <summary>Hosts with thousands of functions take more work in proportion, and no more than that.</summary>
/// <remarks>Work is counted in bytes that are allocated: each path, each file that is read and each comparison of paths takes some.</remarks>
public sealed class LargeHostTests
{
    private const int Few = 1024;
    private const int Many = 4096;

    // Room for tables that grow by doubling.
    private const double Slack = 1.4;

    [Fact]
    public void Work_grows_with_the_number_of_functions_and_not_faster()
    {
        (long fewListed, long fewReported) = Work(Few);
        (long manyListed, long manyReported) = Work(Many);

        Assert.InRange(manyListed, fewListed, (long)(fewListed * Slack * Many / Few));
        Assert.InRange(manyReported, 0, (long)(fewReported * Slack * Many / Few));
    }

    private static (long Listed, long Reported) Work(int functions)
    {
        using HostTreeBuilder builder = LargeHost.Create(functions, isSparse: true);
        PciHost host = builder.Build();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(functions, host.Functions.Count);
        Assert.True(Listing.ReadAll(host) > functions);
        long listed = GC.GetAllocatedBytesForCurrentThread() - before;

        before = GC.GetAllocatedBytesForCurrentThread();
        _ = DeviceInspector.Inspect(new PciHost(HostTree.At(builder.Root)), PciAddress.Parse(LargeHost.Device)).Is(Verdict.After);
        return (listed, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
