using Spectre.Console;

namespace Vfio.Tool.Bench.Report;

/// <summary>Tables of results: words to the left, numbers to the right.</summary>
internal static class ResultTable
{
    /// <summary>An empty table.</summary>
    /// <param name="words">The columns that hold words.</param>
    /// <param name="numbers">Those that hold numbers, behind them.</param>
    /// <param name="note">A last column for words, or null.</param>
    public static Table Create(IEnumerable<string> words, IEnumerable<string> numbers, string? note)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (string name in words)
        {
            table.AddColumn(new TableColumn(Cell(name)) { NoWrap = true });
        }

        foreach (string name in numbers)
        {
            table.AddColumn(new TableColumn(Cell(name)) { NoWrap = true, Alignment = Justify.Right });
        }

        if (note is not null)
        {
            table.AddColumn(new TableColumn(Cell(note)));
        }

        return table;
    }

    /// <summary>Adds a line.</summary>
    public static void Add(Table table, params ReadOnlySpan<string> cells)
    {
        var row = new Text[cells.Length];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = Cell(cells[i]);
        }

        table.AddRow(row);
    }

    private static Text Cell(string text) => new(text);
}
