using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Vfio.Core.Tests;

/// <summary>Every object says what may be done with it from several threads, in its docstring and in docs/threads.md.</summary>
public sealed class ThreadSafetyTests
{
    private static readonly Type[] _objects = [.. typeof(VfioDevice).Assembly.GetExportedTypes()
        .Where(static type => type is { IsClass: true } && !(type.IsAbstract && type.IsSealed) && !IsRecord(type) && !type.IsSubclassOf(typeof(Exception)))];

    [Fact]
    public void The_docstring_of_every_object_speaks_of_threads()
    {
        string file = Path.ChangeExtension(typeof(VfioDevice).Assembly.Location, ".xml");
        Dictionary<string, string> texts = XDocument.Load(file).Descendants("member")
            .ToDictionary(static member => (string)member.Attribute("name")!, static member => member.Value, StringComparer.Ordinal);

        string[] silent = [.. _objects
            .Where(type => !texts[$"T:{type.FullName}"].Contains("thread", StringComparison.OrdinalIgnoreCase))
            .Select(static type => type.Name)];

        Assert.NotEmpty(_objects);
        Assert.Empty(silent);
    }

    [Fact]
    public void The_table_in_the_docs_has_every_object()
    {
        string table = File.ReadAllText(Path.Combine(Root(), "docs", "threads.md"));

        Assert.Empty(_objects.Where(type => !table.Contains($"`{type.Name}`", StringComparison.Ordinal)).Select(static type => type.Name));
    }

    // Records are values: what they are made of does not change.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static string Root([CallerFilePath] string file = "")
        => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
