using System.Globalization;
using System.Xml.Linq;
using Vfio.Tool.Bench.Plot;

namespace Vfio.Tool.Tests.Plot;

/// <summary>A plot, read back.</summary>
internal sealed class Picture
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;

    public Picture(string svg)
    {
        _root = XDocument.Parse(svg).Root!;
        Assert.Equal(_svg + "svg", _root.Name);
        double[] box = [.. _root.Attribute("viewBox")!.Value.Split(' ').Select(static number => double.Parse(number, CultureInfo.InvariantCulture))];
        (Width, Height) = (box[2], box[3]);
    }

    public double Width { get; }

    public double Height { get; }

    /// <summary>All texts with the rectangles that they take.</summary>
    public IReadOnlyList<TextBox> Texts => [.. _root.Descendants(_svg + "text").Select(Box)];

    /// <summary>The texts of each group of a name.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups(string name)
        => [.. GroupElements(name).Select(static group => (IReadOnlyList<string>)[.. group.Descendants(_svg + "text").Select(static text => text.Value)])];

    /// <summary>How many lines through points each group of a name has.</summary>
    public IReadOnlyList<int> Lines(string name) => [.. GroupElements(name).Select(static group => group.Descendants(_svg + "polyline").Count())];

    /// <summary>All points of all lines.</summary>
    public IReadOnlyList<(double X, double Y)> Points => [.. _root.Descendants(_svg + "polyline")
        .SelectMany(static line => line.Attribute("points")!.Value.Split(' '))
        .Select(static point => point.Split(','))
        .Select(static point => (double.Parse(point[0], CultureInfo.InvariantCulture), double.Parse(point[1], CultureInfo.InvariantCulture)))];

    private IEnumerable<XElement> GroupElements(string name)
        => _root.Descendants(_svg + "g").Where(group => group.Attribute("class")!.Value == name);

    private static TextBox Box(XElement text)
    {
        double x = Number(text, "x");
        double y = Number(text, "y");
        double size = Number(text, "font-size");
        double width = TextWidth.Of(text.Value, size);
        if (text.Attribute("transform") is not null)
        {
            // Turned around its middle, reading upwards.
            return new TextBox(text.Value, x - size, y - (width / 2), x, y + (width / 2));
        }

        double left = text.Attribute("text-anchor")?.Value switch
        {
            "middle" => x - (width / 2),
            "end" => x - width,
            _ => x,
        };
        return new TextBox(text.Value, left, y - (0.8 * size), left + width, y + (0.2 * size));
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
