namespace Vfio.Assignability;

/// <summary>The routing tables with nothing but which interface the default route leads through.</summary>
internal sealed class RouteFilter(PrivateNames names)
{
    private const string AnyV4 = "00000000";
    private const string AnyV6 = "00000000000000000000000000000000";

    /// <summary><c>/proc/net/route</c>: interface, destination, gateway, flags, count, use, metric, mask, …</summary>
    public string Filter(string text)
    {
        var lines = new List<string>();
        foreach (string line in TextLines.Of(text))
        {
            string[] words = TextLines.Words(line);
            if (words.Length < 8)
            {
                continue;
            }

            if (words[0] == "Iface")
            {
                lines.Add(line.TrimEnd());
            }
            else if (words[1] == AnyV4 && words[7] == AnyV4)
            {
                words[0] = names.Interface(words[0]);
                words[2] = AnyV4;
                lines.Add(string.Join('\t', words));
            }
        }

        return TextLines.Join(lines);
    }

    /// <summary><c>/proc/net/ipv6_route</c>: destination, its prefix, source, its prefix, next hop, metric, count, use, flags, interface.</summary>
    public string FilterV6(string text)
    {
        var lines = new List<string>();
        foreach (string line in TextLines.Of(text))
        {
            if (TextLines.Words(line) is [AnyV6, "00", _, _, _, _, _, _, _, _] words)
            {
                words[2] = AnyV6;
                words[3] = "00";
                words[4] = AnyV6;
                words[9] = names.Interface(words[9]);
                lines.Add(string.Join(' ', words));
            }
        }

        return TextLines.Join(lines);
    }
}
