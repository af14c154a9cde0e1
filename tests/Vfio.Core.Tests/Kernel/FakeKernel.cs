using System.Runtime.CompilerServices;
using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>
/// A VFIO in memory that behaves as the kernel does where the library depends on it, and that keeps a list of what a
/// correct program never does to the kernel.
/// </summary>
/// <remarks>
/// All descriptors have numbers of its own, the lowest free one from <see cref="FirstFd"/> on as in a process, so a
/// number that is used after its close finds a stranger. Events, epoll and memory are the real kernel's behind that.
/// </remarks>
internal sealed unsafe partial class FakeKernel(int firstFd = 0) : IVfioKernel, IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, FakeDescriptor> _open = [];

    /// <summary>The descriptor that the call under the lock came through.</summary>
    private FakeDescriptor? _caller;

    public int FirstFd { get; } = firstFd;

    public FaultPlan Faults { get; } = new();

    /// <summary>What no correct program does: closing twice or in the wrong order, calls on closed descriptors.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Called before each call, outside of the lock, with the method's name.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>Called with what was closed, when it is closed and before the caller knows.</summary>
    public Action<object?>? Closed { get; set; }

    /// <summary>
    /// The kinds of the library's open descriptors, without the loop that waits for events as long as the host lives.
    /// </summary>
    public IReadOnlyList<string> OpenKinds
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values.Where(static d => d is { Foreign: false, Kind: not "epoll" }).Select(static d => d.Kind)];
            }
        }
    }

    public void Dispose()
    {
        foreach (FakeDevice device in Devices.Values)
        {
            foreach (FakeRegion? region in device.Regions)
            {
                region?.Release();
            }
        }
    }

    /// <summary>Runs a call on a fake object under the lock, unless it is to fail.</summary>
    private int On<T>(int fd, Func<T, int> call, [CallerMemberName] string method = "")
        where T : class
    {
        Before?.Invoke(method);
        lock (_gate)
        {
            int fault = Faults.Next(method);
            if (fault != 0)
            {
                return fault;
            }

            if (!_open.TryGetValue(fd, out FakeDescriptor? descriptor))
            {
                Violations.Add($"{method} on {fd}, which is not open");
                return -Errno.EBADF;
            }

            if (descriptor.Target is not T target)
            {
                return -Errno.ENOTTY;
            }

            _caller = descriptor;
            try
            {
                return call(target);
            }
            finally
            {
                _caller = null;
            }
        }
    }

    /// <summary>Starts a call that runs outside of the lock; a close before its end is a violation.</summary>
    private int Begin(int fd, out FakeDescriptor descriptor, [CallerMemberName] string method = "")
    {
        Before?.Invoke(method);
        lock (_gate)
        {
            descriptor = null!;
            int fault = Faults.Next(method);
            if (fault != 0)
            {
                return fault;
            }

            if (!_open.TryGetValue(fd, out descriptor!))
            {
                Violations.Add($"{method} on {fd}, which is not open");
                return -Errno.EBADF;
            }

            descriptor.InFlight++;
            return 0;
        }
    }

    private T End<T>(FakeDescriptor descriptor, T result)
    {
        lock (_gate)
        {
            descriptor.InFlight--;
            return result;
        }
    }

    /// <summary>Starts a call that needs no descriptor.</summary>
    private int Begin([CallerMemberName] string method = "")
    {
        Before?.Invoke(method);
        lock (_gate)
        {
            return Faults.Next(method);
        }
    }
}
