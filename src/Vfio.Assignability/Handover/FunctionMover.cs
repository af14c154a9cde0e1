using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Moves functions between drivers, and tells what is in the way when the kernel does not answer.</summary>
internal sealed class FunctionMover(HandoverSite site, SysfsBinder binder)
{
    /// <summary>Who has a function now.</summary>
    public FunctionState State(PciAddress device) => new(site.Pci.Driver(device), binder.Override(device));

    /// <summary>The module that brings a driver, or null where it is built in or not known.</summary>
    public string? Module(string driver) => binder.Module(driver);

    /// <summary>Makes sure that this user may move a function.</summary>
    /// <exception cref="VfioException">This user may not.</exception>
    public void RequirePermission(PciAddress device) => binder.RequirePermission(device);

    /// <summary>Makes sure that the kernel has a driver, loading its module if need be.</summary>
    /// <exception cref="VfioException">It does not have it.</exception>
    public void RequireDriver(PciAddress device, string driver, string? module) => binder.RequireDriver(device, driver, module);

    /// <summary>Gives a function to a driver, or to none.</summary>
    /// <returns>Why it could not, or null. The function is then wherever the failing step left it.</returns>
    public MoveFailure? TryMove(PciAddress device, FunctionState target)
        => Try(device, () => binder.Move(device, target.Driver, target.Override));

    /// <summary>Brings a function back to what it had, from wherever it is.</summary>
    /// <returns>Why it could not, or null.</returns>
    public MoveFailure? TryReturn(PciAddress device, FunctionState wanted) => Try(device, () =>
    {
        FunctionState now = State(device);
        if (now.Driver != wanted.Driver)
        {
            binder.Move(device, wanted.Driver, wanted.Override);
        }
        else if (now.Override != wanted.Override)
        {
            binder.SetOverride(device, wanted.Override);
        }

        now = State(device);
        if (now != wanted)
        {
            throw HandoverErrors.NotReturned(device, wanted, now);
        }
    });

    /// <summary>Takes a function from its driver, and lets the kernel choose another one.</summary>
    /// <returns>Why it could not, or null. Whether a driver took it, only <see cref="State"/> says.</returns>
    public MoveFailure? TryProbeAny(PciAddress device) => Try(device, () =>
    {
        binder.Unbind(device);
        binder.SetOverride(device, null);
        _ = binder.Probe(device);
    });

    private MoveFailure? Try(PciAddress device, Action move)
    {
        string? driver = site.Pci.Driver(device);
        try
        {
            move();
            return null;
        }
        catch (VfioException error)
        {
            return new MoveFailure(error, null);
        }
        catch (HangingWriteException hang)
        {
            string file = Path.GetFileName(hang.File);
            string step = file == "unbind" ? $"unbind from {driver}" : $"write {hang.File}";
            PciHost host = site.ReadHost();
            WaitingProcess? process = WaitingProcess.Find(host.Tree, hang.ProcessId);
            VfioException error = HandoverErrors.Hangs(
                device, step, hang.Limit, process?.ToString() ?? $"process {hang.ProcessId}, which waited, has just ended", Holders(host, device));
            return new MoveFailure(error, new PendingStep(step, hang.ProcessId, process?.StartTime ?? 0));
        }
    }

    private IReadOnlyList<ProcessHolder> Holders(PciHost host, PciAddress device) => host.Find(device) is not { } function
        ? []
        : [.. site.Uses(host).FindUses(function).Select(static use => use.Process).OfType<ProcessHolder>().Distinct()];
}
