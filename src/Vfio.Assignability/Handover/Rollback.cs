using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Brings the functions of a failed transaction back to what they had, and tells what became of them.</summary>
internal sealed class Rollback(FunctionMover mover, RecordStore records)
{
    private readonly List<string> _back = [];
    private readonly List<string> _left = [];

    /// <summary>Runs it.</summary>
    /// <param name="moved">The functions, the last first.</param>
    /// <param name="pending">What the kernel has not finished for the last, which is then left alone; or null.</param>
    /// <returns>What became of them, as a sentence without its full stop.</returns>
    public string Run(Stack<MovedFunction> moved, PendingStep? pending)
    {
        while (moved.TryPop(out MovedFunction? member))
        {
            if (pending is null)
            {
                Return(member);
            }
            else
            {
                Leave(member, pending, "the kernel is still at it");
                pending = null;
            }
        }

        return (_back.Count > 0 ? "Rolled back: " + string.Join(", ", _back) : "No function is left changed")
            + (_left.Count > 0 ? ". Not rolled back: " + string.Join(", ", _left) + ". What they had is kept for 'vfio restore'" : string.Empty);
    }

    private void Return(MovedFunction member)
    {
        if (mover.TryReturn(member.Device, member.Before) is { } failure)
        {
            Leave(member, failure.Pending, failure.Error.Problem);
            return;
        }

        _back.Add($"{member.Device} to {member.Before}");
        Note(member, () =>
        {
            if (member.Earlier is { } earlier)
            {
                records.Write(member.Device, earlier);
            }
            else
            {
                records.Delete(member.Device);
            }
        });
    }

    private void Leave(MovedFunction member, PendingStep? pending, string why)
    {
        _left.Add($"{member.Device} from {member.Before} ({why})");
        if (pending is not null)
        {
            Note(member, () => records.Write(member.Device, member.Record with { Pending = pending }));
        }
    }

    private void Note(MovedFunction member, Action write)
    {
        try
        {
            write();
        }
        catch (VfioException error)
        {
            _left.Add($"the record of {member.Device} ({error.Problem})");
        }
    }
}
