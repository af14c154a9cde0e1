namespace Vfio.Core;

/// <summary>Reads files and links that may be missing, or not for this user.</summary>
internal static class SysfsFile
{
    /// <summary>The text without its line end, or null where it cannot be read.</summary>
    public static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The last part of what a link points to, or null where it cannot be read.</summary>
    public static string? LinkName(string path)
    {
        try
        {
            string? target = new FileInfo(path).LinkTarget;
            return target is null ? null : Path.GetFileName(target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The name of the first folder in a folder, or null where there is none.</summary>
    public static string? FirstFolder(string path)
    {
        try
        {
            string? first = Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal).FirstOrDefault();
            return first is null ? null : Path.GetFileName(first);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
