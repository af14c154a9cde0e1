namespace Vfio.Core;

/// <summary>The system's base page.</summary>
internal static class SystemPage
{
    /// <summary>Its size in bytes. Asked for once: <see cref="Environment.SystemPageSize"/> is a call into the C library each time.</summary>
    public static readonly int Size = Environment.SystemPageSize;
}
