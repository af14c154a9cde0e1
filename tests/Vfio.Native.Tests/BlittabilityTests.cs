using System.Runtime.CompilerServices;

namespace Vfio.Native.Tests;

/// <summary>Structs that the kernel can be handed as they are.</summary>
public sealed class BlittabilityTests
{
    [Fact]
    public void NoStructHoldsAReferenceOrHasAutomaticLayout()
    {
        Type[] structs = [.. typeof(VfioUapi).Assembly.GetExportedTypes()
            .Where(type => type.IsValueType && !type.IsEnum)];
        Assert.True(structs.Length > 90);
        Assert.All(structs, type =>
        {
            object? holds = typeof(RuntimeHelpers)
                .GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!
                .MakeGenericMethod(type)
                .Invoke(null, null);
            Assert.Equal(false, holds);
            Assert.False(type.IsAutoLayout);
        });
    }

    [Fact]
    public void RuntimeMarshallingIsOff() =>
        Assert.NotEmpty(typeof(VfioUapi).Assembly
            .GetCustomAttributes(typeof(DisableRuntimeMarshallingAttribute), inherit: false));
}
