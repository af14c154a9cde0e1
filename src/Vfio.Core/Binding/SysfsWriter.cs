using System.Text;

namespace Vfio.Core;

/// <summary>Writes from the calling thread, however long the kernel takes.</summary>
internal sealed class SysfsWriter : ISysfsWriter
{
    public static SysfsWriter Instance { get; } = new();

    public static FileStream Open(string file) => new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Write(string file, string line)
    {
        using FileStream stream = Open(file);
        stream.Write(Encoding.ASCII.GetBytes(line + "\n"));
    }
}
