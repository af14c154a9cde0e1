using System.Text;
using System.Text.Json;

namespace Vfio.Tool.Config;

/// <summary>The names of members as JSON has them, and as people read them.</summary>
internal static class Words
{
    /// <summary>The name for JSON: <c>D3Hot</c> becomes <c>d3Hot</c>.</summary>
    public static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    /// <summary>The words for people: <c>tableOffset</c> becomes <c>table offset</c>.</summary>
    public static string Apart(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]) && !char.IsAsciiLetterUpper(name[i - 1]))
            {
                text.Append(' ');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    /// <summary>The flags of a set that have a name.</summary>
    public static string[] Of<T>(T flags)
        where T : struct, Enum
        => [.. Enum.GetValues<T>().Where(flag => !flag.Equals(default(T)) && flags.HasFlag(flag)).Select(static flag => Camel(flag.ToString()))];
}
