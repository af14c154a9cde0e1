using System.Diagnostics;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>Writes from another process, and waits for it only so long.</summary>
/// <remarks>
/// A thread that is stuck in the kernel can be neither cancelled nor left behind: its process does not end before it does. A
/// process can be left behind, so the write is that of a <c>dd</c>. It is not killed, because a signal would not take the
/// write back.
/// </remarks>
internal sealed class SysfsWriterProcess(TimeSpan limit) : ISysfsWriter
{
    private const string ProgramName = "dd";
    private const int LastErrno = 133;

    public void Write(string file, string line)
    {
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"Could not find file '{file}'.", file);
        }

        string program = SystemProgram.Find(ProgramName)
            ?? throw new IOException("there is no dd to write with (Debian's package coreutils brings it)");
        using Process process = SystemProgram.Start(program, $"of={file}", "conv=notrunc");
        int id = process.Id;
        Task<string> said = process.StandardError.ReadToEndAsync();
        Feed(process, line);
        if (!process.WaitForExit(limit))
        {
            throw new HangingWriteException(file, limit, id);
        }

        if (process.ExitCode != 0)
        {
            throw Failure(file, said.GetAwaiter().GetResult());
        }
    }

    private static void Feed(Process process, string line)
    {
        try
        {
            process.StandardInput.Write(line + "\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading: it could not open the file, and says so.
        }
    }

    private static Exception Failure(string file, string said)
    {
        // It calls itself by the path that it was started by.
        string reason = said.Split('\n').FirstOrDefault(static line => line.Contains(ProgramName + ": ", StringComparison.Ordinal)) ?? said.Trim();
        int errno = Enumerable.Range(1, LastErrno).FirstOrDefault(
            number => reason.EndsWith(": " + System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(number), StringComparison.Ordinal));
        return errno switch
        {
            Errno.EACCES => new UnauthorizedAccessException($"Access to the path '{file}' is denied."),
            0 => new IOException(reason.Length == 0 ? "the write failed" : reason),
            _ => new IOException(ErrnoText.Describe(errno), errno),
        };
    }
}
