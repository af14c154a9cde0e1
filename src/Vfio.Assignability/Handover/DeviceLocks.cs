using System.Globalization;
using System.Text;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The locks of functions that are being moved, given back with the object or the process.</summary>
/// <remarks>Taken in order of address, so that two that want the same functions do not wait for each other.</remarks>
internal sealed class DeviceLocks : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    private readonly List<FileStream> _files = [];

    /// <summary>Takes the locks, and waits for others to give them back as long as the limit says.</summary>
    /// <exception cref="VfioException">Another process, or thread, moves one of the functions.</exception>
    public static DeviceLocks Take(RecordStore records, IEnumerable<PciAddress> devices, TimeSpan limit)
    {
        var locks = new DeviceLocks();
        try
        {
            long start = Environment.TickCount64;
            foreach (PciAddress device in devices.Order())
            {
                string file = records.LockFileOf(device);
                while (!locks.TryAdd(device, file))
                {
                    if (Environment.TickCount64 - start >= limit.TotalMilliseconds)
                    {
                        throw HandoverErrors.Locked(device, file, Holder(file), limit);
                    }

                    Thread.Sleep(_pause);
                }
            }

            return locks;
        }
        catch
        {
            locks.Dispose();
            throw;
        }
    }

    /// <summary>Gives the locks back.</summary>
    public void Dispose() => _files.ForEach(static file => file.Dispose());

    // Who wrote its number into the file. Read without a lock, which the holder has.
    private static int? Holder(string file)
        => HostTree.Local.ReadText(file).Value is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;

    private bool TryAdd(PciAddress device, string file)
    {
        try
        {
            // The file stays when the lock is given back: another process may have it open already, and would lock what is gone.
            _files.Add(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
            _files[^1].SetLength(0);
            _files[^1].Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return true;
        }
        catch (IOException error) when (error.HResult == Vfio.Native.Errno.EAGAIN)
        {
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw HandoverErrors.Record(device, file, error);
        }
    }
}
