using Vfio.BindingGenerator.Emit;
using Vfio.BindingGenerator.Frontend;
using Vfio.BindingGenerator.Model;
using Vfio.BindingGenerator.Verify;
using Vfio.BindingGenerator.Wanted;

namespace Vfio.BindingGenerator;

/// <summary>C headers in, C# bindings out.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            var options = Options.Parse(arguments);
            ApiModel current = ApiReader.Read(options.Includes, WantedList.Read(options.List), options.Packages);
            return options.Command == "generate" ? Generate(options, current) : Verify(options, current);
        }
        catch (Exception e) when (e is GeneratorException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"generate: {e.Message}");
            return 1;
        }
    }

    private static int Generate(Options options, ApiModel model)
    {
        IReadOnlyList<SourceFile> files = ApiEmitter.Emit(model);
        IEnumerable<string> wanted = files.Select(file => file.Path);
        foreach (string stale in TreeComparer.Existing(options.Tree).Except(wanted, StringComparer.Ordinal))
        {
            Console.Error.WriteLine($"generate: {stale} is no longer wanted: deleted");
            File.Delete(Path.Combine(options.Tree, stale));
        }

        foreach (SourceFile file in files)
        {
            WriteIfChanged(Path.Combine(options.Tree, file.Path), file.Text);
        }

        WriteIfChanged(options.Model, ModelFile.Write(model));
        int skipped = model.Headers.Sum(header => header.Skipped.Count);
        Console.Error.WriteLine(
            $"generate: {files.Count} files; {skipped} macros that cannot be constants are listed in "
            + Path.GetFileName(options.Model));
        return 0;
    }

    private static int Verify(Options options, ApiModel current)
    {
        ApiModel pinned = ModelFile.Read(options.Model);
        List<Finding> findings = [.. TreeComparer.Compare(options.Tree, ApiEmitter.Emit(pinned))];
        if (options.Drift)
        {
            findings.AddRange(ModelComparer.Compare(pinned, current));
        }
        else if (TreeComparer.Difference(File.ReadAllText(options.Model), ModelFile.Write(current)) is { } difference)
        {
            findings.AddRange(ModelComparer.Compare(pinned, current));
            findings.Add(new(true, $"{Path.GetFileName(options.Model)}{difference}"));
        }

        foreach (Finding finding in findings)
        {
            Console.Error.WriteLine($"{(finding.IsError ? "error" : "info")}: {finding.Text}");
        }

        int errors = findings.Count(finding => finding.IsError);
        Console.Error.WriteLine(errors == 0
            ? "verify: the bindings are what the headers say"
            : $"verify: differences: {errors}");
        return errors == 0 ? 0 : 1;
    }

    // An untouched file keeps its time, and whatever is built from it stays built.
    private static void WriteIfChanged(string path, string text)
    {
        if (File.Exists(path) && File.ReadAllText(path) == text)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
