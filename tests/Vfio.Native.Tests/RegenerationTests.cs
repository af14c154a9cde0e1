namespace Vfio.Native.Tests;

/// <summary>The committed files against the headers: <c>interop/generate --verify</c>.</summary>
public sealed class RegenerationTests : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("vfio-tree-");

    public void Dispose() => _copy.Delete(recursive: true);

    [Fact]
    public void TheCommittedFilesAreWhatTheHeadersSay()
    {
        ToolResult result = Tool.Run(Repository.Path("interop", "generate"), "--verify");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void AnyChangeOfAGeneratedFileIsFound()
    {
        string source = Repository.Path("src", "Vfio.Native");
        foreach (string file in Directory.EnumerateFiles(source, "*.g.cs", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_copy.FullName, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        string changed = Path.Combine(_copy.FullName, "Linux", "Vfio", "vfio_irq_set.g.cs");
        string spaced = File.ReadAllText(changed).Replace("uint argsz;", "uint argsz; ", StringComparison.Ordinal);
        File.WriteAllText(changed, spaced);
        File.WriteAllText(Path.Combine(_copy.FullName, "Linux", "vfio_invented.g.cs"), "namespace Vfio.Native;\n");
        File.Delete(Path.Combine(_copy.FullName, "Libc", "pollfd.g.cs"));

        ToolResult result = Tool.Run(Repository.Path("interop", "generate"), "--verify", "--tree", _copy.FullName);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Linux/Vfio/vfio_irq_set.g.cs:12: differs", result.Errors, StringComparison.Ordinal);
        Assert.Contains("|    public uint argsz; |", result.Errors, StringComparison.Ordinal);
        Assert.Contains("vfio_invented.g.cs: is not generated", result.Errors, StringComparison.Ordinal);
        Assert.Contains("Libc/pollfd.g.cs: is missing", result.Errors, StringComparison.Ordinal);
        Assert.Contains("verify: differences: 3", result.Errors, StringComparison.Ordinal);
    }
}
