using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vfio.Tool.Commands;

/// <summary>Options whose values are checked when they are read, each with an error that says what would be right.</summary>
internal static class ValueOption
{
    /// <summary>An option with one value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What help calls its value.</param>
    /// <param name="description">What it does.</param>
    /// <param name="parse">Reads it, or throws <see cref="FormatException"/> with what is wrong.</param>
    public static Option<T> Create<T>(string name, string value, string description, Func<string, T> parse) => new(name)
    {
        HelpName = value,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result =>
        {
            try
            {
                return parse(result.Tokens[0].Value);
            }
            catch (FormatException error)
            {
                result.AddError($"{name}: {error.Message}");
                return default;
            }
        },
    };

    /// <summary>An option with several values, with commas between, which are sorted and taken once each.</summary>
    public static Option<T[]?> CreateList<T>(string name, string values, string description, Func<string, T> parse)
        => Create<T[]?>(name, values, description, text => [.. text
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(parse)
            .Distinct()
            .Order()]);

    /// <summary>Adds a check of several options together, for values that are right by themselves.</summary>
    public static void AddCheck(Command command, Action<CommandResult> check) => command.Validators.Add(result =>
    {
        try
        {
            check(result);
        }
        catch (InvalidOperationException)
        {
            // A value could not be read, which is an error already.
        }
    });
}
