namespace Vfio.Core;

/// <summary>Counts the users of something that ends with the last of them, and then takes no more. Thread-safe.</summary>
internal sealed class UseCount
{
    private int _users = 1;

    /// <summary>Counts a user in, unless the last one has left already.</summary>
    public bool TryAdd()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>How many users there are.</summary>
    public int Count => Volatile.Read(ref _users);

    /// <summary>Whether the last user has left.</summary>
    public bool IsOver => Count == 0;

    /// <summary>Counts a user out.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Remove() => Interlocked.Decrement(ref _users) == 0;
}
