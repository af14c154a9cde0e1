using System.Diagnostics;
using System.Xml.Linq;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>Runs castxml, the C front end, over small C texts.</summary>
internal sealed class CFrontend(IReadOnlyList<string> includeDirectories) : IDisposable
{
    private const string Program = "castxml";

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("vfio-bindings-");

    public static string Include(IEnumerable<string> headers) =>
        "#define _GNU_SOURCE 1\n" + string.Concat(headers.Select(header => $"#include <{header}>\n"));

    /// <summary>The preprocessed text, with every <c>#define</c> left in it.</summary>
    public string Preprocess(string source)
    {
        (int exitCode, string output, string errors) = Run(source, "-E", "-dD");
        return exitCode == 0 ? output : throw new GeneratorException($"{Program} -E failed:\n{errors}");
    }

    /// <summary>The declarations as XML, or null with the compiler's messages.</summary>
    public XDocument? TryParse(string source, out string errors)
    {
        string xml = Path.Combine(_scratch.FullName, "out.xml");
        (int exitCode, _, errors) = Run(source, "--castxml-output=1", "-ferror-limit=0", "-o", xml);
        return exitCode == 0 ? XDocument.Load(xml) : null;
    }

    public XDocument Parse(string source) =>
        TryParse(source, out string errors) ?? throw new GeneratorException($"{Program} failed:\n{errors}");

    public void Dispose() => _scratch.Delete(recursive: true);

    private (int ExitCode, string Output, string Errors) Run(string source, params ReadOnlySpan<string> options)
    {
        string file = Path.Combine(_scratch.FullName, "in.c");
        File.WriteAllText(file, source);

        // Only the given directories: the machine's own kernel headers are of another version.
        var start = new ProcessStartInfo(Program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ReadOnlySpan<string> all = [.. options, "-target", "x86_64-linux-gnu", "-std=gnu17", "-nostdlibinc"];
        foreach (string option in all)
        {
            start.ArgumentList.Add(option);
        }

        foreach (string directory in includeDirectories)
        {
            start.ArgumentList.Add("-isystem");
            start.ArgumentList.Add(directory);
        }

        start.ArgumentList.Add(file);

        using Process process = Start(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new GeneratorException($"{Program} cannot be started: {e.Message} (apt-get install castxml)", e);
        }
    }
}
