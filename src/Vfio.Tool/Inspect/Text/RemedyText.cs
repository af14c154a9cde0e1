using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>What can be done about a finding.</summary>
internal static class RemedyText
{
    public static void Add(TextPage page, int indent, Remedy remedy)
    {
        // Advice without a command is not undone by one either.
        bool command = remedy.Commands.Count > 0;
        page.Prose(indent, indent + 2, new Piece("→", Tone.Faint), Words.Sentence(remedy.Text), ActionText.Marks(remedy.Reversible || !command, remedy.Reboot));
        foreach (string line in remedy.Commands)
        {
            page.Line(indent + 4, new Piece(line, Tone.Command));
        }
    }
}
