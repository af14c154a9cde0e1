using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <content>Accesses that the device did not answer.</content>
public sealed unsafe partial class MappedRegion
{
    /// <summary>Looks at an access whose epoch has changed, or that gave nothing but ones.</summary>
    /// <param name="epoch">The epoch from before the access.</param>
    /// <exception cref="VfioException">The device did not answer.</exception>
    /// <exception cref="ObjectDisposedException">The mapping or the device has been disposed.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Examine(ulong epoch)
    {
        if (Volatile.Read(ref *_epoch) == epoch)
        {
            // Ones: a value like others, or what a bus gives on which nobody answers.
            _device.RequireAnswer();
            return;
        }

        lock (_gate)
        {
            if (_disposed != 0)
            {
                throw Ended();
            }

            _range.PutBack(MapAreas);
        }

        throw _device.Unanswered(_region.Index);
    }

    /// <summary>Makes sure after an access that it met the device.</summary>
    /// <param name="epoch">The epoch from before the access.</param>
    /// <param name="isSuspicious">Whether it gave nothing but ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(ulong epoch, bool isSuspicious)
    {
        if (Volatile.Read(ref *_epoch) != epoch || isSuspicious)
        {
            Examine(epoch);
        }

        GC.KeepAlive(this);
    }

    private Exception Ended() => _endsWithDevice ? _device.Ended(this) : new ObjectDisposedException(nameof(MappedRegion));
}
