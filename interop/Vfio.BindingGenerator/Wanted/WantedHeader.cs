namespace Vfio.BindingGenerator.Wanted;

/// <summary>A section of NativeMethods.txt.</summary>
internal sealed record WantedHeader(
    string Header,
    string Folder,
    string ClassName,
    IReadOnlyList<string> Prerequisites,
    IReadOnlyList<WantedName> Names)
{
    /// <summary>Kernel headers come with the kernel's package, all others with the C library's.</summary>
    public string Package => Header.StartsWith("linux/", StringComparison.Ordinal) ? "linux-libc-dev" : "libc6-dev";

    /// <summary>What to include to see the header's names.</summary>
    public IEnumerable<string> Includes => [.. Prerequisites, Header];

    public bool IsWhole => Names.Any(name => name.IsEverything);
}
