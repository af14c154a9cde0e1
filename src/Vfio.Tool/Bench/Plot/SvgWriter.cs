using System.Globalization;
using System.Text;
using System.Xml;

namespace Vfio.Tool.Bench.Plot;

/// <summary>Writes the few elements of SVG that a plot needs.</summary>
internal sealed class SvgWriter : IDisposable
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    private readonly StringBuilder _text = new();
    private readonly XmlWriter _xml;

    public SvgWriter(double width, double height, string title)
    {
        _xml = XmlWriter.Create(_text, new XmlWriterSettings { Indent = true, IndentChars = " ", NewLineChars = "\n", OmitXmlDeclaration = true });
        _xml.WriteStartElement("svg", Namespace);
        Attribute("width", width);
        Attribute("height", height);
        _xml.WriteAttributeString("viewBox", $"0 0 {Number(width)} {Number(height)}");
        _xml.WriteAttributeString("font-family", "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif");
        _xml.WriteElementString("title", Namespace, title);

        // Viewers with a dark page would show black on it.
        Rectangle(0, 0, width, height, "#ffffff");
    }

    /// <summary>Begins a group; the result ends it.</summary>
    public Group BeginGroup(string name)
    {
        _xml.WriteStartElement("g", Namespace);
        _xml.WriteAttributeString("class", name);
        return new Group(_xml);
    }

    public void Rectangle(double x, double y, double width, double height, string fill, string? stroke = null)
    {
        _xml.WriteStartElement("rect", Namespace);
        Attribute("x", x);
        Attribute("y", y);
        Attribute("width", width);
        Attribute("height", height);
        _xml.WriteAttributeString("fill", fill);
        if (stroke is not null)
        {
            _xml.WriteAttributeString("stroke", stroke);
        }

        _xml.WriteEndElement();
    }

    public void Line(double x1, double y1, double x2, double y2, string colour, double width = 1)
    {
        _xml.WriteStartElement("line", Namespace);
        Attribute("x1", x1);
        Attribute("y1", y1);
        Attribute("x2", x2);
        Attribute("y2", y2);
        _xml.WriteAttributeString("stroke", colour);
        Attribute("stroke-width", width);
        _xml.WriteEndElement();
    }

    /// <summary>A line through points.</summary>
    public void Polyline(IEnumerable<(double X, double Y)> points, string colour, double width, bool isBroken)
    {
        _xml.WriteStartElement("polyline", Namespace);
        Points(points);
        _xml.WriteAttributeString("fill", "none");
        _xml.WriteAttributeString("stroke", colour);
        Attribute("stroke-width", width);
        _xml.WriteAttributeString("stroke-linejoin", "round");
        if (isBroken)
        {
            _xml.WriteAttributeString("stroke-dasharray", "5 4");
        }

        _xml.WriteEndElement();
    }

    /// <summary>A shaded area.</summary>
    public void Polygon(IEnumerable<(double X, double Y)> points, string colour, double opacity)
    {
        _xml.WriteStartElement("polygon", Namespace);
        Points(points);
        _xml.WriteAttributeString("fill", colour);
        Attribute("fill-opacity", opacity);
        _xml.WriteEndElement();
    }

    /// <summary>A mark around a point.</summary>
    public void Marker(double x, double y, SeriesStyle style)
    {
        _xml.WriteStartElement("path", Namespace);
        _xml.WriteAttributeString("d", MarkerPath.Of(style.Marker, x, y));
        _xml.WriteAttributeString("fill", style.IsHollow ? "#ffffff" : style.Colour);
        _xml.WriteAttributeString("stroke", style.Colour);
        Attribute("stroke-width", style.Marker is MarkerShape.Cross or MarkerShape.Plus ? 2 : 1.2);
        _xml.WriteEndElement();
    }

    public void Text(
        double x, double y, string text, double size, TextAnchor anchor = TextAnchor.Start, string colour = "#222222", bool isBold = false)
    {
        BeginText(x, y, size, anchor, colour, isBold);
        _xml.WriteString(text);
        _xml.WriteEndElement();
    }

    /// <summary>A text that reads from below, around its middle.</summary>
    public void VerticalText(double x, double y, string text, double size, string colour = "#222222")
    {
        BeginText(x, y, size, TextAnchor.Middle, colour, isBold: false);
        _xml.WriteAttributeString("transform", $"rotate(-90 {Number(x)} {Number(y)})");
        _xml.WriteString(text);
        _xml.WriteEndElement();
    }

    /// <summary>Ends the picture.</summary>
    public string Finish()
    {
        _xml.WriteEndElement();
        _xml.Flush();
        return _text.Append('\n').ToString();
    }

    public void Dispose() => _xml.Dispose();

    /// <summary>A number for an attribute or a path: more than a hundredth of a pixel nobody sees.</summary>
    internal static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    private void BeginText(double x, double y, double size, TextAnchor anchor, string colour, bool isBold)
    {
        _xml.WriteStartElement("text", Namespace);
        Attribute("x", x);
        Attribute("y", y);
        Attribute("font-size", size);
        _xml.WriteAttributeString("fill", colour);
        if (anchor != TextAnchor.Start)
        {
            _xml.WriteAttributeString("text-anchor", anchor == TextAnchor.Middle ? "middle" : "end");
        }

        if (isBold)
        {
            _xml.WriteAttributeString("font-weight", "bold");
        }
    }

    private void Points(IEnumerable<(double X, double Y)> points)
        => _xml.WriteAttributeString("points", string.Join(' ', points.Select(static point => $"{Number(point.X)},{Number(point.Y)}")));

    private void Attribute(string name, double value) => _xml.WriteAttributeString(name, Number(value));

    /// <summary>A group that is open.</summary>
    internal readonly struct Group(XmlWriter xml) : IDisposable
    {
        public void Dispose() => xml.WriteEndElement();
    }
}
