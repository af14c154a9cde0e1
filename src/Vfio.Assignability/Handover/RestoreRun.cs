using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Brings functions back, each for itself.</summary>
internal sealed class RestoreRun
{
    private const string Step = "restore";
    private const string Stub = "pci-stub";

    private readonly HandoverSite _site;
    private readonly RestoreOptions _options;
    private readonly RecordStore _records;
    private readonly FunctionMover _mover;
    private readonly List<string> _warnings = [];

    public RestoreRun(HandoverSite site, RestoreOptions options)
    {
        _site = site;
        _options = options;
        _records = new RecordStore(site);
        _mover = site.Mover(options.Timeout);
    }

    /// <summary>Runs it, from the last function to the first.</summary>
    public HandoverResult Run(IReadOnlyList<PciAddress> devices)
    {
        var changes = new List<HandoverChange>();
        var errors = new List<VfioException>();
        foreach (PciAddress device in devices.Reverse())
        {
            string? before = _site.Pci.Driver(device);
            try
            {
                RestoreOne(device);
            }
            catch (VfioException error)
            {
                errors.Add(error);
            }

            changes.Add(new HandoverChange(device, before, _site.Pci.Driver(device)));
        }

        return new HandoverResult(changes, errors, _warnings, []);
    }

    private void RestoreOne(PciAddress device)
    {
        _ = _site.ReadHost().Get(device);
        _mover.RequirePermission(device);
        _records.RequireFolder();
        using DeviceLocks locks = DeviceLocks.Take(_records, [device], _options.Timeout);

        PciFunction function = _site.ReadHost().Get(device);
        RecordFound found = _records.Read(function);
        if (found.Ignored is not null)
        {
            _warnings.Add(found.Ignored);
        }

        RequireFree(function, found.Record);
        FunctionState before = _mover.State(device);
        if (found.Record?.Before is { } recorded)
        {
            Return(function, before, found.Record, recorded);
        }
        else if (before.Driver is null || before.Driver == Stub || HostDrivers.IsVfio(before.Driver))
        {
            LetKernelChoose(function, before, found.Record);
        }
        else
        {
            _warnings.Add($"{device}: {before.Driver} keeps it: there is no record of another driver");
            return;
        }

        _records.Delete(device);
    }

    private void RequireFree(PciFunction function, BindingRecord? record)
    {
        if (record?.Pending is { } pending && WaitingProcess.Find(function.Host.Tree, pending) is { } process)
        {
            throw HandoverErrors.Pending(function.Address, Step, pending, process.ToString());
        }

        if (_site.IsOpenHere(function.Address))
        {
            throw HandoverErrors.OpenHere(function.Address, Step);
        }
    }

    private void Return(PciFunction function, FunctionState before, BindingRecord record, RecordedState recorded)
    {
        FunctionState wanted = recorded.Wanted();
        if (before.Driver != wanted.Driver)
        {
            RequireUnused(function, before);
            if (wanted.Driver is not null)
            {
                _mover.RequireDriver(function.Address, wanted.Driver, recorded.Module);
            }
        }

        Finish(function, before, record, _mover.TryReturn(function.Address, wanted));
    }

    private void LetKernelChoose(PciFunction function, FunctionState before, BindingRecord? record)
    {
        RequireUnused(function, before);
        Finish(function, before, record, _mover.TryProbeAny(function.Address));
        string outcome = _site.Pci.Driver(function.Address) is { } driver ? $"{driver} took it" : "no driver that is loaded took it";
        _warnings.Add($"{function}: there is no record of what it had, so its override was cleared and the kernel was left to choose: {outcome}");
    }

    private void RequireUnused(PciFunction function, FunctionState before)
    {
        if (before.Driver is not null)
        {
            new HandoverUses(function.Host, _site.Uses(function.Host), [function]).Require(Step, _options.Force, _warnings);
        }
    }

    // A function that cannot be brought back stays where it was.
    private void Finish(PciFunction function, FunctionState before, BindingRecord? record, MoveFailure? failure)
    {
        if (failure is null)
        {
            return;
        }

        if (failure.Pending is { } pending)
        {
            _records.Write(function.Address, Pending(function, before, record, pending));
            throw failure.Error;
        }

        MoveFailure? again = _mover.TryReturn(function.Address, before);
        if (again?.Pending is { } hanging)
        {
            _records.Write(function.Address, Pending(function, before, record, hanging));
        }

        throw HandoverErrors.Together(
            failure.Error, again is null ? $"It is with {before} as before" : $"Nor could it be left with {before}: {again.Error.Problem}");
    }

    private BindingRecord Pending(PciFunction function, FunctionState before, BindingRecord? record, PendingStep pending)
    {
        record ??= new BindingRecord
        {
            Schema = BindingRecord.CurrentSchema,
            BootId = _site.BootId() ?? string.Empty,
            Device = function.ToString(),
            Ids = function.Ids,
            Before = null,
            BoundTo = before.Driver ?? DriverBinding.DefaultDriver,
            Pending = null,
        };
        return record with { Pending = pending };
    }
}
