namespace Vfio.Core;

/// <summary>The functions that this process has open. Thread-safe.</summary>
internal sealed class OpenFunctions
{
    private readonly object _gate = new();
    private readonly Dictionary<string, OpenFunction> _open = [];

    /// <summary>Enters a function, unless it is open. One that is just being closed is waited for.</summary>
    /// <returns>The entry, or null where the function is open.</returns>
    public OpenFunction? TryAdd(string name)
    {
        lock (_gate)
        {
            while (_open.TryGetValue(name, out OpenFunction? other))
            {
                if (!other.IsClosing)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            var entry = new OpenFunction(name);
            _open.Add(name, entry);
            return entry;
        }
    }

    public void MarkClosing(OpenFunction entry)
    {
        lock (_gate)
        {
            entry.IsClosing = true;
        }
    }

    /// <summary>Strikes an entry out; a later one for the same function stays.</summary>
    public void Remove(OpenFunction entry)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(entry.Name, out OpenFunction? known) && ReferenceEquals(known, entry))
            {
                _open.Remove(entry.Name);
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Notes the device that was made of an open function.</summary>
    public void Announce(VfioDevice device)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(device.Name, out OpenFunction? entry))
            {
                entry.Device = new WeakReference<VfioDevice>(device);
            }
        }
    }

    /// <summary>The device of a function that is open, and that nobody is closing; or null.</summary>
    public VfioDevice? FindDevice(string name)
    {
        lock (_gate)
        {
            return _open.TryGetValue(name, out OpenFunction? entry) && !entry.IsClosing && entry.Device?.TryGetTarget(out VfioDevice? device) == true
                ? device
                : null;
        }
    }

    /// <summary>Whether a function is open, and nobody is closing it.</summary>
    public bool Contains(string name)
    {
        lock (_gate)
        {
            return _open.TryGetValue(name, out OpenFunction? entry) && !entry.IsClosing;
        }
    }
}
