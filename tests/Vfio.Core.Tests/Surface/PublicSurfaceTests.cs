using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vfio.Core.Tests;

/// <summary>What users of the library see, and what they must not.</summary>
public sealed class PublicSurfaceTests
{
    private const string FileName = "PublicApi.txt";
    private const string Accept = "VFIO_ACCEPT_PUBLIC_API";

    private static readonly Assembly _core = typeof(VfioDevice).Assembly;

    [Fact]
    public void No_layout_of_the_kernel_and_no_handle_of_the_library_is_public()
    {
        // A SafeHandle as such is how .NET passes any descriptor in or out; what kind of handle it is stays inside.
        (string, string)[] met = [.. PublicApi.Signatures(_core)
            .Where(static it => it.Type.Namespace == "Vfio.Native" || typeof(SafeHandle).IsAssignableFrom(it.Type.BaseType) || it.Type.IsPointer)
            .Select(static it => (it.Where, PublicApi.NameOf(it.Type)))];
        Assert.Empty(met);
    }

    [Fact]
    public void Every_public_class_is_sealed_static_or_meant_to_be_a_base()
    {
        string[] open = [.. _core.GetExportedTypes()
            .Where(static type => type is { IsClass: true, IsSealed: false })
            .Select(PublicApi.NameOf)];
        Assert.Equal([nameof(DmaMapOptions)], open);
    }

    [Fact]
    public void The_public_surface_is_the_one_that_was_agreed_on()
    {
        string path = Path.Combine(SourceFolder(), FileName);
        string actual = string.Join('\n', PublicApi.Describe(_core)) + "\n";
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(path, actual);
        }

        string agreed = File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        string[] added = [.. actual.Split('\n').Except(agreed.Split('\n'))];
        string[] removed = [.. agreed.Split('\n').Except(actual.Split('\n'))];
        Assert.True(
            agreed == actual,
            $"The public surface of {_core.GetName().Name} has changed.\n"
                + $"Added:\n{string.Join('\n', added)}\nRemoved:\n{string.Join('\n', removed)}\n"
                + $"If that is meant, run these tests with {Accept}=1 and commit {FileName}.");
    }

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
