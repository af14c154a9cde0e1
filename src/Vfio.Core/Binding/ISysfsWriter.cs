namespace Vfio.Core;

/// <summary>Writes into files of sysfs, where a write is a command to the kernel.</summary>
internal interface ISysfsWriter
{
    /// <summary>Writes one line, in one piece, into a file that exists.</summary>
    /// <exception cref="IOException">The kernel refused; <see cref="Exception.HResult"/> is the errno where it is known.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write the file.</exception>
    /// <exception cref="HangingWriteException">The kernel has not answered in time, and may do so later.</exception>
    void Write(string file, string line);
}
