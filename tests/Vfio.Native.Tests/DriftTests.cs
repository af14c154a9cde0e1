namespace Vfio.Native.Tests;

/// <summary>
/// Headers newer than the pinned ones: what is new is news, what changed is an error, what was edited is found.
/// </summary>
public sealed class DriftTests : IDisposable
{
    private const string Pinned = """
        #include <sys/ioctl.h>
        #define DEMO_FLAG (1 << 3)
        #define DEMO_WIDE (1ULL << 40)
        #define DEMO_NEGATIVE -5
        #define DEMO_CALL(x) (x)
        #define DEMO_TYPE struct demo
        #define DEMO_IOCTL _IO(';', 9)
        enum { DEMO_ANONYMOUS = 2 };
        enum demo_kind { DEMO_KIND_A, DEMO_KIND_B };
        struct demo {
            unsigned int size;
            union { int fd; unsigned int index; };
            struct { unsigned char a[3]; unsigned long long *p; } tail;
            unsigned char data[];
        };

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vfio-drift-");

    public DriftTests()
    {
        File.WriteAllText(At("list.txt"), "[demo.h Demo DemoUapi]\n*\n");
        File.WriteAllText(At("demo.h"), Pinned);
        ToolResult result = Generator("generate");
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void TheSameHeadersAreNoDrift()
    {
        Assert.Equal(0, Generator("verify").ExitCode);
        ToolResult drift = Generator("verify", "--drift");
        Assert.Equal(0, drift.ExitCode);
        Assert.DoesNotContain("info:", drift.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ConstantsHaveTheirNaturalTypes()
    {
        string text = File.ReadAllText(At("tree/Demo/DemoUapi.g.cs"));
        Assert.Contains("public const int DEMO_FLAG = 0x8;", text, StringComparison.Ordinal);
        Assert.Contains("public const ulong DEMO_WIDE = 0x10000000000UL;", text, StringComparison.Ordinal);
        Assert.Contains("public const int DEMO_NEGATIVE = -5;", text, StringComparison.Ordinal);
        Assert.Contains("public const uint DEMO_IOCTL = 0x3B09U;", text, StringComparison.Ordinal);
        Assert.Contains("public const int DEMO_ANONYMOUS = 2;", text, StringComparison.Ordinal);
        Assert.DoesNotContain("DEMO_CALL", text, StringComparison.Ordinal);
        string model = File.ReadAllText(At("model.json"));
        Assert.Contains("\"name\": \"DEMO_CALL\",\n          \"reason\": \"function-like\"", model, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"DEMO_TYPE\",", model, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enum {", "#define DEMO_NEW 1\nenum {", "DEMO_NEW is new")]
    [InlineData("DEMO_KIND_B }", "DEMO_KIND_B, DEMO_KIND_C }", "DEMO_KIND_C is new")]
    [InlineData("struct demo {", "struct demo_new { int a; };\nstruct demo {", "struct demo_new is new")]
    public void WhatIsNewIsNews(string old, string replacement, string message)
    {
        Doctor(old, replacement);
        ToolResult result = Generator("verify", "--drift");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"info: demo.h {message}", result.Errors, StringComparison.Ordinal);

        Assert.Equal(1, Generator("verify").ExitCode);
    }

    [Theory]
    [InlineData("1 << 3", "1 << 4", "DEMO_FLAG was 8 (int) and is 16 (int)")]
    [InlineData("DEMO_KIND_A, DEMO_KIND_B", "DEMO_KIND_B, DEMO_KIND_A", "DEMO_KIND_A was 0")]
    [InlineData("#define DEMO_NEGATIVE -5\n", "", "DEMO_NEGATIVE is gone")]
    [InlineData("unsigned int size;", "unsigned int size, more;", "struct demo was 24 bytes and is 32 bytes")]
    [InlineData("int fd;", "short fd;", "struct demo.<anonymous 1>.fd was int of 4 bytes at 0")]
    [InlineData("a[3]", "a[4]", "struct demo.tail.a was byte[3]")]
    public void WhatChangedIsAnError(string old, string replacement, string message)
    {
        Doctor(old, replacement);
        ToolResult result = Generator("verify", "--drift");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error: demo.h {message}", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEditIsFoundEvenWithoutThePinnedHeaders()
    {
        Doctor("enum {", "#define DEMO_NEW 1\nenum {");
        File.AppendAllText(At("tree/Demo/demo.g.cs"), " ");
        ToolResult result = Generator("verify", "--drift");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: Demo/demo.g.cs:", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoLongerWantedIsDeleted()
    {
        File.WriteAllText(At("tree/Demo/old.g.cs"), "");
        Assert.Equal(1, Generator("verify").ExitCode);
        Assert.Equal(0, Generator("generate").ExitCode);
        Assert.False(File.Exists(At("tree/Demo/old.g.cs")));
        Assert.Equal(0, Generator("verify").ExitCode);
    }

    [Fact]
    public void ALineThatMatchesNothingIsAnError()
    {
        File.WriteAllText(At("list.txt"), "[demo.h Demo DemoUapi]\nDEMO_FLAG\nDEMO_MISSPELT\n");
        ToolResult result = Generator("generate");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("line 3 of the list matches nothing in demo.h: DEMO_MISSPELT", result.Errors, StringComparison.Ordinal);
    }

    private void Doctor(string old, string replacement)
    {
        Assert.Contains(old, Pinned, StringComparison.Ordinal);
        File.WriteAllText(At("demo.h"), Pinned.Replace(old, replacement, StringComparison.Ordinal));
    }

    private string At(string path) => Path.Combine(_folder.FullName, path);

    private ToolResult Generator(params IEnumerable<string> arguments) => Tool.Run("dotnet", [
        "exec", Path.Combine(AppContext.BaseDirectory, "Vfio.BindingGenerator.dll"),
        .. arguments,
        "--list", At("list.txt"),
        "--model", At("model.json"),
        "--tree", At("tree"),
        "--package", "libc6-dev=1",
        "--include", _folder.FullName,
        .. Gcc.IncludeDirectories.SelectMany(directory => new[] { "--include", directory })]);
}
