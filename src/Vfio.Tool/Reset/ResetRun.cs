using Vfio.Core;

namespace Vfio.Tool.Reset;

/// <summary>One reset: opens what it needs, says what will be hit, and resets.</summary>
/// <param name="address">The function.</param>
/// <param name="wanted">The kind, or null for the function alone where it can be and the bus where not.</param>
/// <param name="log">Where it tells what it is about to do, and what went wrong.</param>
internal sealed class ResetRun(PciAddress address, ResetKind? wanted, TextWriter log)
{
    private ResetKind _kind = wanted ?? ResetKind.Function;
    private IReadOnlyList<PciAddress> _affected = [address];
    private string? _error;

    /// <summary>What became of it.</summary>
    public ResetDocument Document => new(address, _kind, _affected, _error is null, _error);

    /// <summary>Resets.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        try
        {
            using VfioDevice device = VfioDevice.Open(address);
            _kind = wanted ?? (device.CanReset ? ResetKind.Function : ResetKind.Hot);
            if (_kind == ResetKind.Function)
            {
                log.WriteLine($"vfio: {address}: resetting the function alone");
                device.Reset();
            }
            else
            {
                ResetBus(device);
            }

            return ExitCode.Done;
        }
        catch (VfioException error)
        {
            return Fail(error, ExitCode.For(error.Kind));
        }
        catch (InvalidDataException error)
        {
            return Fail(error, ExitCode.Failed);
        }
    }

    private void ResetBus(VfioDevice device)
    {
        HotResetInfo info = device.GetHotResetInfo();
        _affected = [.. info.Affected.Select(static function => function.Address)];
        var others = new List<VfioDevice>();
        try
        {
            foreach (HotResetFunction function in info.InTheWay.Where(static it => it.Ownership == HotResetOwnership.NotOwned))
            {
                TryOpen(function, others);
            }

            if (info.IsPossible)
            {
                log.WriteLine($"vfio: {address}: resetting all on the bus: {string.Join(", ", info.Affected.Select(static it => $"{it.Address} ({it.Driver ?? "no driver"})"))}");
            }

            _affected = [.. device.HotReset().Affected.Select(static function => function.Address)];
        }
        finally
        {
            others.ForEach(static other => other.Dispose());
        }
    }

    // The reset names whoever is in the way still; why it could not be opened is worth knowing too.
    private void TryOpen(HotResetFunction function, List<VfioDevice> opened)
    {
        try
        {
            opened.Add(VfioDevice.Open(function.Address));
        }
        catch (VfioException error)
        {
            log.WriteLine($"vfio: {error.Message}");
        }
    }

    private int Fail(Exception error, int code)
    {
        _error = error.Message;
        log.WriteLine($"vfio: {error.Message}");
        return code;
    }
}
