using System.CommandLine;
using Vfio.Tool.Commands;

namespace Vfio.Tool.Tests.Commands;

public sealed class BenchCommandTests
{
    private const string Device = "0000:00:03.0";

    [Theory]
    [InlineData("dma-map")]
    [InlineData("dma-map", "--sizes", "4K,64KiB,2M,1GiB", "--pages", "base,Transparent,huge2m,huge1g", "--backends", "iommufd,type1v2")]
    [InlineData("dma-map", "--min-size", "64K", "--max-size", "64K", "--threads", "1,2,4", "--live", "0,1000,60000")]
    [InlineData("dma-map", "--time", "0.5", "--samples", "100", "--json", "--csv", "results.csv", "--svg", "plot.svg")]
    [InlineData("dma-map", "--csv", "-")]
    [InlineData("mmio", "--bar", "5", "--offset", "0x10", "--copy", "4K", "--write")]
    [InlineData("mmio", "--offset", "4K", "--copy", "0")]
    [InlineData("irq", "--kind", "MSIX", "--gap", "0", "--samples", "1", "--time", "1")]
    public void What_makes_sense_is_taken(string command, params string[] options)
        => Assert.Empty(Parse(command, options).Errors.Select(static error => error.Message));

    [Theory]
    [InlineData("--sizes: '5X' is not a size; write bytes, or K, M, G with or without iB: 4096, 64K, 2MiB, 1G.", "dma-map", "--sizes", "4K,5X")]
    [InlineData("--sizes: '' is not a size; write bytes, or K, M, G with or without iB: 4096, 64K, 2MiB, 1G.", "dma-map", "--sizes", "4K,")]
    [InlineData("--sizes: '6000' is not whole pages of 4 KiB.", "dma-map", "--sizes", "6000")]
    [InlineData("--min-size: '0' is not whole pages of 4 KiB.", "dma-map", "--min-size", "0")]
    [InlineData("--min-size is larger than --max-size.", "dma-map", "--min-size", "2G")]
    [InlineData("--sizes names every size; leave --min-size and --max-size out.", "dma-map", "--sizes", "4K", "--max-size", "8K")]
    [InlineData("--pages: 'huge' is not a kind of pages; there are base, transparent, huge2m, huge1g.", "dma-map", "--pages", "huge")]
    [InlineData(
        "--backends: 'type1' is not a back end; there are iommufd, type1v2, type1v1, compat-type1v2, compat-type1v1.", "dma-map", "--backends", "type1")]
    [InlineData("--backends: 'noiommu' maps nothing.", "dma-map", "--backends", "noiommu")]
    [InlineData("--threads: '0' is not a number of threads from 1 to 1024.", "dma-map", "--threads", "0")]
    [InlineData("--live: '-1' is not a number of mappings from 0 to 10000000.", "dma-map", "--live=-1")]
    [InlineData("--time: 'soon' is not a time in seconds from 0.001 to 3600.", "dma-map", "--time", "soon")]
    [InlineData("--samples: '0' is not a number of samples from 1 to 1000000.", "irq", "--samples", "0")]
    [InlineData("--kind: 'nmi' is not a kind of interrupt; there are msix, msi, intx.", "irq", "--kind", "nmi")]
    [InlineData("--kind: '1' is not a kind of interrupt; there are msix, msi, intx.", "irq", "--kind", "1")]
    [InlineData("--gap: '-1' is not a time in microseconds from 0 to 1000000.", "irq", "--gap=-1")]
    [InlineData("--bar: '6' is not a BAR from 0 to 5.", "mmio", "--bar", "6")]
    [InlineData("--offset: '0xg' is not an offset; write bytes, such as 256, 0x100 or 4K.", "mmio", "--offset", "0xg")]
    [InlineData("--copy: a copy is a multiple of 8 bytes, and 64 MiB at most.", "mmio", "--copy", "12")]
    [InlineData("--copy: a copy is a multiple of 8 bytes, and 64 MiB at most.", "mmio", "--copy", "128M")]
    [InlineData("--copy: a copy begins at a multiple of 8 bytes, which --offset is not.", "mmio", "--copy", "16", "--offset", "4")]
    [InlineData("--copy: 'all' is not a size; write bytes, or K, M, G with or without iB: 4096, 64K, 2MiB, 1G.", "mmio", "--copy", "all")]
    [InlineData("--json and --csv - both want standard output; give --csv a file.", "irq", "--json", "--csv", "-")]
    [InlineData("--svg: There is no folder for '/nowhere/at/all.svg'.", "dma-map", "--svg", "/nowhere/at/all.svg")]
    [InlineData("--csv: '/' is a folder.", "dma-map", "--csv", "/")]
    public void What_does_not_is_an_error_that_says_what_would(string message, string command, params string[] options)
        => Assert.Equal(message, Assert.Single(Parse(command, options).Errors).Message);

    [Fact]
    public void The_help_to_try_is_that_of_the_command()
    {
        Assert.Equal("vfio bench dma-map", CommandPath.Of(Parse("dma-map", [])));
        Assert.Equal("vfio", CommandPath.Of(Root().Parse([])));
    }

    private static ParseResult Parse(string command, string[] options) => Root().Parse(["bench", command, Device, .. options]);

    private static RootCommand Root() => new("test") { BenchCommand.Create() };
}
