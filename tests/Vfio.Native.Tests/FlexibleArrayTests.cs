using System.Globalization;
using System.Reflection;

namespace Vfio.Native.Tests;

/// <summary>Sizes and addresses of what follows a header.</summary>
public sealed unsafe class FlexibleArrayTests
{
    private static readonly Type[] _headers = [.. typeof(VfioUapi).Assembly.GetExportedTypes()
        .Where(type => type.IsValueType && type.GetMethod("SizeOf") is not null)];

    [Fact]
    public void GccAgreesWhereEveryArrayBeginsAndHowLargeItsElementsAre()
    {
        Assert.True(_headers.Length >= 7);
        Assert.All(_headers, type =>
        {
            MethodInfo accessor = type.GetMethods(BindingFlags.Static | BindingFlags.Public)
                .Single(method => method.ReturnType.IsPointer);
            var start = (nint)0x10000;
            object result = accessor.Invoke(null, [Pointer.Box((void*)start, type.MakePointerType())])!;
            nint offset = (nint)Pointer.Unbox(result) - start;
            int element = Layout.SizeOf(accessor.ReturnType.GetElementType()!);
            string c = $"struct {type.Name}";
            ToolResult check = Gcc.Check(string.Create(CultureInfo.InvariantCulture, $"""
                #include <stddef.h>
                #include <linux/vfio.h>
                #include <sys/socket.h>
                #include <linux/iommufd.h>
                _Static_assert(offsetof({c}, {accessor.Name}) == {offset}, "offset of {type.Name}.{accessor.Name}");
                _Static_assert(sizeof((({c} *)0)->{accessor.Name}[0]) == {element}, "element of {type.Name}.{accessor.Name}");

                """));
            Assert.True(check.ExitCode == 0, check.Errors);
            int three = (int)type.GetMethod("SizeOf")!.Invoke(null, [3])!;
            Assert.Equal(Math.Max(Layout.SizeOf(type), offset + (3 * element)), three);
        });
    }

    [Fact]
    public void ElementsAreWhereTheKernelLooksForThem()
    {
        int size = vfio_irq_set.SizeOf(2 * sizeof(int));
        Assert.Equal(28, size);
        byte* memory = stackalloc byte[size];
        var header = (vfio_irq_set*)memory;
        Assert.True(vfio_irq_set.data(header) == memory + 20);

        Span<byte> data = vfio_irq_set.data(header, 2 * sizeof(int));
        data.Fill(0xA5);
        Assert.Equal(0xA5, memory[20]);
        Assert.Equal(0xA5, memory[27]);
        Assert.Equal(8, data.Length);
    }

    [Fact]
    public void AHeaderAloneIsTheStruct() => Assert.Equal(sizeof(vfio_pci_hot_reset), vfio_pci_hot_reset.SizeOf(0));

    [Fact]
    public void PaddingBehindTheOffsetCountsOnce()
    {
        // struct { u64 a; u32 b; u8 data[]; }: 16 bytes, the array at 12.
        Assert.Equal(16, FlexibleArray.SizeOf(16, 12, 1, 3));
        Assert.Equal(16, FlexibleArray.SizeOf(16, 12, 1, 4));
        Assert.Equal(17, FlexibleArray.SizeOf(16, 12, 1, 5));
    }

    [Fact]
    public void ANegativeCountIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => vfio_irq_set.SizeOf(-1));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData((int.MaxValue / 16) + 1)]
    [InlineData(int.MaxValue / 16)]
    public void ASizeThatDoesNotFitIsRefused(int count) =>
        Assert.Throws<OverflowException>(() => vfio_region_info_cap_sparse_mmap.SizeOf(count));
}
