using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What shows the host's text consoles (<c>/sys/class/vtconsole</c>, <c>/sys/class/graphics</c>).</summary>
internal sealed class TextConsoles
{
    private readonly string? _firstFrameBuffer;
    private readonly (string Name, Evidence Evidence)? _onFrameBuffer;
    private readonly (string Name, Evidence Evidence)? _onVga;

    public TextConsoles(HostTree tree, ClassIndex index)
    {
        const string Folder = "/sys/class/vtconsole";
        foreach (string console in tree.Names(Folder))
        {
            HostFact<string> name = tree.ReadText($"{Folder}/{console}/name");
            HostFact<string> bind = tree.ReadText($"{Folder}/{console}/bind");
            if (bind.Value?.Trim() != "1" || name.Value is not { } text)
            {
                continue;
            }

            if (text.Contains("frame buffer", StringComparison.Ordinal))
            {
                _onFrameBuffer ??= (console, Evidence.Of(name));
            }
            else if (text.Contains("VGA", StringComparison.Ordinal))
            {
                _onVga ??= (console, Evidence.Of(name));
            }
        }

        _firstFrameBuffer = index.InClass("graphics").Keys.Where(IsFrameBuffer).OrderBy(static name => name.Length).ThenBy(static name => name, StringComparer.Ordinal).FirstOrDefault();
    }

    /// <summary>Whether a name in the class of graphics is a frame buffer's.</summary>
    public static bool IsFrameBuffer(string name) => name.Length > 2 && name.StartsWith("fb", StringComparison.Ordinal) && name[2..].All(char.IsAsciiDigit);

    /// <summary>The text consoles that a function shows. They are on the first frame buffer unless somebody maps them to another.</summary>
    public IEnumerable<FunctionUse> Find(FunctionDevices devices)
    {
        List<string> own = [.. devices.InClass("graphics").Select(static device => device.Name).Where(IsFrameBuffer)];
        if (_onFrameBuffer is { } drawn && own.Count > 0 && (_firstFrameBuffer is null || own.Contains(_firstFrameBuffer)))
        {
            yield return new FunctionUse(
                UseKind.Console, false, $"the host's text console ({drawn.Name}) is on its frame buffer {_firstFrameBuffer ?? own[0]}", null, [drawn.Evidence]);
        }
        else if (_onVga is { } vga && devices.Function.Attribute("boot_vga").Value?.Trim() == "1")
        {
            yield return new FunctionUse(UseKind.Console, false, $"the host's text console ({vga.Name}) is on its VGA", null, [vga.Evidence]);
        }
    }
}
