using System.Diagnostics;

namespace Vfio.Native;

/// <summary>How C spells the type of a member, or defines a constant, where C# says it differently.</summary>
/// <param name="name">The C text.</param>
/// <remarks>For readers of the source only: the compiler leaves it out of the assembly.</remarks>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
[Conditional("VFIO_NATIVE_TYPE_NAMES")]
internal sealed class NativeTypeNameAttribute(string name) : Attribute
{
    /// <summary>The C text.</summary>
    public string Name { get; } = name;
}
