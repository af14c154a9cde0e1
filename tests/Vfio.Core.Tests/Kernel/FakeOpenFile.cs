namespace Vfio.Core.Tests;

/// <summary>An open file of the fake kernel, which lives until the last descriptor of it is closed.</summary>
/// <param name="kind">What it is, for messages.</param>
/// <param name="target">The fake object behind it, or null for one of the real kernel's.</param>
/// <param name="realFd">The real descriptor behind it, or -1.</param>
internal sealed class FakeOpenFile(string kind, object? target, int realFd)
{
    public string Kind { get; } = kind;

    public object? Target { get; } = target;

    /// <summary>The number in the real kernel; minus one once it is closed, so that nothing reaches its successor.</summary>
    public int RealFd { get; set; } = realFd;

    /// <summary>How many bytes a file of memory has.</summary>
    public long Length { get; set; }

    /// <summary>The descriptors that refer to it.</summary>
    public List<FakeDescriptor> Descriptors { get; } = [];
}
