using System.Globalization;
using System.Text.Json.Nodes;
using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>A configuration space for people.</summary>
internal sealed class ConfigText(TextWriter writer)
{
    private const int KeyWidth = 24;
    private const int Step = 2;
    private const int BytesPerLine = 16;
    private const int TextWidth = 72;
    private const int FullLength = 256;
    private const string Unknown = "unknown";

    public void Write(ConfigReport report)
    {
        writer.WriteLine(string.Join(' ', new[] { report.Device, report.Ids, report.Name }.OfType<string>()));
        writer.WriteLine($"read from {report.Source}: {report.KnownBytes} bytes");
        if (report.Gone)
        {
            writer.WriteLine("all bits read as one: the function does not answer, because it is unplugged, in reset, or without power");
            return;
        }

        writer.WriteLine();
        if (report.HeaderFields is { } header)
        {
            writer.WriteLine("header");
            Write(header, Step);
        }
        else
        {
            writer.WriteLine($"header: unknown, because it has {PciHeader.Length} bytes");
        }

        Write("capabilities", report.Capabilities);
        Write("extended capabilities", report.ExtendedCapabilities);
        if (report.Capabilities.State == Unknown || report.ExtendedCapabilities.State == Unknown)
        {
            writer.WriteLine();
            writer.WriteLine(report.Source == ConfigSource.Sysfs && report.KnownBytes < FullLength
                ? "unknown is not absent: the kernel shows ordinary users 64 bytes; run as root to see the rest, or with --vfio where the function is bound to a VFIO driver"
                : "unknown is not absent: the machine does not reach the configuration space behind these bytes");
        }
    }

    /// <summary>Writes bytes, 16 a line, as lspci and xxd do.</summary>
    public void Dump(ReadOnlySpan<byte> bytes)
    {
        writer.WriteLine();
        for (int offset = 0; offset < bytes.Length; offset += BytesPerLine)
        {
            ReadOnlySpan<byte> line = bytes[offset..Math.Min(offset + BytesPerLine, bytes.Length)];
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{offset:x3}:"));
            foreach (byte value in line)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $" {value:x2}"));
            }

            writer.WriteLine();
        }
    }

    private void Write(string title, CapabilityChain chain)
    {
        writer.WriteLine();
        writer.WriteLine(chain is { List.Count: 0, Problem: null } ? $"{title}: none" : title);
        foreach (CapabilityEntry it in chain.List)
        {
            string version = it.Version is { } number ? $", version {number}" : string.Empty;
            string state = it.Fields is null ? $", {StateText(it.State)}" : string.Empty;
            writer.WriteLine($"  0x{it.Offset:x2} {it.Name ?? $"id 0x{it.Id:x2}, which has no name here"}{version}{state}");
            if (it.Fields is { } fields)
            {
                Write(fields, 2 * Step);
            }
        }

        if (chain.Problem is { } problem)
        {
            writer.WriteLine(chain.State == Unknown ? $"  the chain {problem}" : $"  the chain is malformed: it {problem}");
        }
    }

    private static string StateText(string state) => state switch
    {
        "unknown" => "unknown: the bytes end before it does",
        "malformed" => "malformed: it does not fit where it is",
        _ => "not decoded",
    };

    private void Write(FieldSet fields, int indent)
    {
        string margin = new(' ', indent);
        foreach (Field field in fields.Where(static field => field.Text is not null))
        {
            string key = Words.Apart(field.Key);
            if (field.Text!.Length > 0)
            {
                WriteValue(margin, key, field.Text);
                continue;
            }

            if (field.Parts.Count == 0)
            {
                WriteValue(margin, key, "none");
                continue;
            }

            writer.WriteLine(margin + key);
            foreach (FieldSet part in field.Parts)
            {
                if (field.Json is JsonArray)
                {
                    WriteLine(part, indent + Step);
                }
                else
                {
                    Write(part, indent + Step);
                }
            }
        }

        WriteFlags(fields, "yes", set: true, margin);
        WriteFlags(fields, "no", set: false, margin);
    }

    // One of several things of a kind: a line is enough.
    private void WriteLine(FieldSet part, int indent)
        => writer.WriteLine(new string(' ', indent) + string.Join(", ", part
            .Where(static field => field.Text is not null || field.Json!.GetValue<bool>())
            .Select(static field => field.Text is null ? Words.Apart(field.Key) : $"{Words.Apart(field.Key)} {field.Text}")));

    private void WriteFlags(FieldSet fields, string key, bool set, string margin)
    {
        string[] names = [.. fields.Where(field => field.Text is null && field.Json!.GetValue<bool>() == set).Select(static field => Words.Apart(field.Key))];
        if (names.Length > 0)
        {
            WriteValue(margin, key, string.Join(", ", names));
        }
    }

    // A list that is too long for a line goes on in the next.
    private void WriteValue(string margin, string key, string text)
    {
        const string Separator = ", ";
        string head = margin + key.PadRight(KeyWidth);
        while (text.Length > TextWidth && text.LastIndexOf(Separator, TextWidth, StringComparison.Ordinal) is >= 0 and int end)
        {
            writer.WriteLine(head + text[..(end + 1)]);
            text = text[(end + Separator.Length)..];
            head = margin + new string(' ', KeyWidth);
        }

        writer.WriteLine(head + text);
    }
}
