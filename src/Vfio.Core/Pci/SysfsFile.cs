using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vfio.Core;

/// <summary>Reads files and links that may be missing, or not for this user.</summary>
internal static class SysfsFile
{
    // No attribute of sysfs is longer than a page; files of procfs may be.
    private const int Page = 4096;

    /// <summary>The text without its line end, or null where it cannot be read.</summary>
    public static string? ReadText(string path)
    {
        // What is missing is common, and an exception is dear.
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            // Neither a stream nor a reader, which make more calls than an attribute is long, nor a lock that other readers would meet.
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return (Read(file) ?? File.ReadAllText(path)).TrimEnd('\n');
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
        if (!Directory.Exists(path))
        {
            return null;
        }

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

    // Null where it is longer than a page.
    private static string? Read(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[Page];
        int length = 0;
        int read;
        do
        {
            read = RandomAccess.Read(file, text[length..], length);
            length += read;
        }
        while (read > 0 && length < Page);
        return length == Page ? null : Encoding.UTF8.GetString(text[..length]);
    }
}
