using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A process that waits for the kernel, as procfs shows it.</summary>
internal sealed class WaitingProcess
{
    // Numbers of the fields of /proc/PID/stat, counted behind the name, which may itself have blanks and brackets.
    private const int State = 0;
    private const int StartTimeField = 19;

    private readonly HostTree _tree;
    private readonly string _folder;
    private readonly string[] _stat;

    private WaitingProcess(HostTree tree, int id, string[] stat)
    {
        _tree = tree;
        _folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        _stat = stat;
        Id = id;
    }

    /// <summary>Its number (pid).</summary>
    public int Id { get; }

    /// <summary>When it started, in ticks of the kernel's since boot.</summary>
    public long StartTime => HostText.Number(_stat[StartTimeField]) ?? 0;

    /// <summary>A process that has not ended, or null.</summary>
    public static WaitingProcess? Find(HostTree tree, int id)
    {
        string? text = tree.ReadText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat")).Value;
        string[] stat = text?[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return stat.Length > StartTimeField && stat[State] is not ("Z" or "X") ? new WaitingProcess(tree, id, stat) : null;
    }

    /// <summary>The process of a pending step, or null where it has ended.</summary>
    public static WaitingProcess? Find(HostTree tree, PendingStep pending)
        => Find(tree, pending.ProcessId) is { } process && process.StartTime == pending.StartTime ? process : null;

    /// <summary>Its number, name, state and place in the kernel, as far as this user may see them.</summary>
    public override string ToString()
    {
        string name = Text("comm") ?? "?";
        string where = Text("wchan") is { } function && function != "0" ? $", in {function}" : string.Empty;
        string stack = Text("stack") is { } lines ? $" (stack: {string.Join(" < ", lines.Split('\n').Select(Function))})" : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"process {Id} ({name}) waits in the kernel, state {Word(_stat[State])}{where}{stack}");
    }

    private static string Word(string state) => state switch
    {
        "D" => "D (uninterruptible)",
        "S" => "S (sleeping)",
        "R" => "R (running)",
        _ => state,
    };

    // [<0>] vfio_unregister_group_dev+0x1b5/0x290 [vfio]
    private static string Function(string line)
    {
        int bracket = line.IndexOf("] ", StringComparison.Ordinal);
        string name = line.StartsWith("[<", StringComparison.Ordinal) && bracket >= 0 ? line[(bracket + 2)..] : line;
        int plus = name.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? name.Trim() : name[..plus];
    }

    private string? Text(string file) => _tree.ReadText($"{_folder}/{file}").Value is { } text && text.Trim().Length > 0 ? text.Trim() : null;
}
