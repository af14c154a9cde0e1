using System.Diagnostics;
using Xunit;

namespace Vfio.Device.Tests.Lab;

/// <summary>
/// The tests' other process (Vfio.TestChild), told what to do by lines, and killed with the object: what it has open it must not keep from a test
/// that failed. Declare it after the binding of its device, which waits for it.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>How long it may take for each step.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>Starts one.</summary>
    public static ChildProcess Start(params string[] arguments) => new(Command.Child(arguments));

    /// <summary>Waits for a line, which must be this one.</summary>
    public void Expect(string line)
    {
        Task<string?> reading = _process.StandardOutput.ReadLineAsync();
        Assert.True(reading.Wait(Patience), $"the other process does not say '{line}'");
        Assert.Equal(line, reading.Result);
    }

    /// <summary>Lets it go on.</summary>
    public void Go()
    {
        _process.StandardInput.WriteLine("go");
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until it has ended by itself, which must be a success.</summary>
    public void ExpectEnd() => ExpectEnd(0);

    /// <summary>Kills it, as it is at work.</summary>
    public void Kill()
    {
        _process.Kill();
        ExpectEnd(128 + 9);
    }

    public void Dispose()
    {
        // One that has ended is left alone.
        _process.Kill();
        _process.WaitForExit(Patience);

        // The process's object leaves streams that were used to the garbage collector.
        _process.StandardInput.Dispose();
        _process.StandardOutput.Dispose();
        _process.Dispose();
    }

    private void ExpectEnd(int exitCode)
    {
        Assert.True(_process.WaitForExit(Patience), "the other process does not end");
        Assert.Equal(exitCode, _process.ExitCode);
    }
}
