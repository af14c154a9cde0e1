using System.CommandLine;

namespace Vfio.Nvme.Tool.Commands;

/// <summary>The options that several commands have.</summary>
internal static class Options
{
    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON, and nothing else, on standard output." };

    public static Option<uint?> Namespace() => Value<uint?>(
        "--namespace", "ID", "The namespace. The first that can be used unless given.", static text => (uint)Values.Whole(text, "namespace", 1, uint.MaxValue));

    public static Option<WaitMode> Wait() => Value(
        "--wait", "MODE", "How ends of commands are waited for: poll, irq or hybrid. poll unless given.", Values.Wait);

    public static Option<int?> Queues() => Value<int?>(
        "--queues", "N", "How many queues, each with a thread. 1 unless given.", static text => (int)Values.Whole(text, "number of queues", 1, 256));

    public static Option<int?> Depth(int usual) => Value<int?>(
        "--qd", "N", $"How many commands each queue has in flight. {usual} unless given.", static text => (int)Values.Whole(text, "queue depth", 1, 4096));

    public static Option<int?> BlockSize(string usual) => Value<int?>(
        "--bs", "SIZE", $"How much each command moves. {usual} unless given.", static text => (int)Values.Size(text, 1 << 30));

    public static Option<ulong?> Block(string name, string description) => Value<ulong?>(
        name, "N", description, static text => (ulong)Values.Whole(text, "block", 0, long.MaxValue));

    public static Option<bool> NoShadow() => new("--no-shadow")
    {
        Description = "Write every doorbell to its register, also where the controller has shadow doorbells.",
    };

    /// <summary>An option whose value is checked when it is read, with an error that says what would be right.</summary>
    public static Option<T> Value<T>(string name, string value, string description, Func<string, T> parse) => new(name)
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
}
