namespace Vfio.Native.Tests;

/// <summary>gcc over the headers in the cache: the judge, and no relation of the generator's compiler.</summary>
internal static class Gcc
{
    private static readonly Lazy<string[]> _includeDirectories = new(FindHeaders);

    public static IReadOnlyList<string> IncludeDirectories => _includeDirectories.Value;

    public static ToolResult Check(string source) => Compile(source, "-fsyntax-only");

    public static string Preprocess(string source, params IEnumerable<string> options) =>
        Succeed(Compile(source, ["-E", .. options]));

    public static string CompileAndRun(string source)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vfio-oracle-");
        try
        {
            string program = Path.Combine(folder.FullName, "oracle");
            Succeed(Compile(source, "-o", program));
            return Tool.Output(program);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ToolResult Compile(string source, params IEnumerable<string> options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vfio-oracle-");
        try
        {
            string file = Path.Combine(folder.FullName, "oracle.c");
            File.WriteAllText(file, source);
            // These come before the machine's own directories, which hold headers of another kernel.
            IEnumerable<string> includes = IncludeDirectories.SelectMany(directory => new[] { "-isystem", directory });
            return Tool.Run("gcc", [.. options, "-std=gnu17", "-D_GNU_SOURCE", "-fmax-errors=0", .. includes, file]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Succeed(ToolResult result)
    {
        Assert.True(result.ExitCode == 0, result.Errors);
        return result.Output;
    }

    // Lines of "package version directory".
    private static string[] FindHeaders() => [.. Tool.Output(Repository.Path("interop", "fetch-headers"))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', 3)[2])];
}
