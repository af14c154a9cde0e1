using Vfio.Core;

namespace Vfio.Device.Tests.Handover;

/// <summary>Writes to sysfs, and once refuses a write instead.</summary>
internal sealed class FailingWriter(ISysfsWriter writer, Func<string, string, bool> isToFail) : ISysfsWriter
{
    /// <summary>Whether it has refused.</summary>
    public bool HasFailed { get; private set; }

    public void Write(string file, string line)
    {
        if (!HasFailed && isToFail(file, line))
        {
            HasFailed = true;
            throw new IOException("the test refuses", Vfio.Native.Errno.EIO);
        }

        writer.Write(file, line);
    }
}
