namespace Vfio.BindingGenerator;

/// <summary>The command line, which interop/generate writes.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _packages = new(StringComparer.Ordinal);
    private readonly List<string> _includes = [];

    public string Command { get; private init; } = "";

    /// <summary>NativeMethods.txt.</summary>
    public string List => Value("--list");

    /// <summary>The committed model.</summary>
    public string Model => Value("--model");

    /// <summary>The folder that the C# files are in.</summary>
    public string Tree => Value("--tree");

    /// <summary>The headers are not of the pinned version.</summary>
    public bool Drift { get; private set; }

    public IReadOnlyList<string> Includes => _includes;

    public IReadOnlyDictionary<string, string> Packages => _packages;

    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options { Command = arguments.Count > 0 ? arguments[0] : "" };
        if (options.Command is not ("generate" or "verify"))
        {
            throw new GeneratorException(
                "usage: (generate | verify [--drift]) --list FILE --model FILE --tree DIR "
                + "(--include DIR)... (--package NAME=VERSION)...");
        }

        for (int i = 1; i < arguments.Count; i++)
        {
            options.Take(arguments, ref i);
        }

        return options;
    }

    private void Take(IReadOnlyList<string> arguments, ref int i)
    {
        string name = arguments[i];
        if (name == "--drift")
        {
            Drift = true;
            return;
        }

        string value = ++i < arguments.Count ? arguments[i] : throw new GeneratorException($"{name} needs a value");
        switch (name)
        {
            case "--include":
                _includes.Add(value);
                break;
            case "--package" when value.Split('=', 2) is [{ } package, { } version]:
                _packages[package] = version;
                break;
            case "--list" or "--model" or "--tree":
                _values[name] = value;
                break;
            default:
                throw new GeneratorException($"unknown option: {name} {value}");
        }
    }

    private string Value(string name) =>
        _values.TryGetValue(name, out string? value) ? value : throw new GeneratorException($"{name} is missing");
}
