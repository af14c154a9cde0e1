using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Hands functions over, all or none.</summary>
internal sealed class BindTransaction
{
    private const string Step = "bind";

    private readonly HandoverSite _site;
    private readonly BindOptions _options;
    private readonly RecordStore _records;
    private readonly FunctionMover _mover;
    private readonly List<string> _warnings = [];

    // Who had the functions, as it was found last before any was moved.
    private readonly Dictionary<PciAddress, string?> _before = [];

    public BindTransaction(HandoverSite site, BindOptions options)
    {
        _site = site;
        _options = options;
        _records = new RecordStore(site);
        _mover = site.Mover(options.Timeout);
    }

    /// <summary>Runs it.</summary>
    public HandoverResult Run(IReadOnlyList<PciAddress> named)
    {
        List<PciFunction> chosen = [];
        VfioException? failure = null;
        try
        {
            PciHost host = _site.ReadHost();
            chosen = [.. named.Select(host.Get)];
            if (_options.WholeGroups)
            {
                chosen.AddRange(GroupBlocking.Endpoints(chosen));
            }

            chosen.ForEach(Look);
            Bind([.. chosen.Where(IsElsewhere).Select(static device => device.Address)]);
        }
        catch (VfioException error)
        {
            failure = error;
        }

        return Result(chosen, failure);
    }

    private void Look(PciFunction device) => _before[device.Address] = device.Driver;

    private bool IsElsewhere(PciFunction device) => device.Driver != _options.Driver;

    private HandoverResult Result(List<PciFunction> chosen, VfioException? failure)
    {
        IReadOnlyList<PciFunction> blocking = [];
        if (failure is null)
        {
            PciHost now = _site.ReadHost();
            blocking = GroupBlocking.Of([.. chosen.Select(device => now.Find(device.Address)).OfType<PciFunction>().Where(static device => device.IsOnVfio)]);
            _warnings.AddRange(GroupBlocking.Describe(blocking, _options.Driver));
        }

        return new HandoverResult(
            [.. chosen.Select(device => new HandoverChange(device.Address, _before.GetValueOrDefault(device.Address), _site.Pci.Driver(device.Address)))],
            failure is null ? [] : [failure],
            _warnings,
            [.. blocking.Select(static member => member.Address)]);
    }

    private void Bind(IReadOnlyList<PciAddress> devices)
    {
        if (devices.Count == 0)
        {
            return;
        }

        foreach (PciAddress device in devices)
        {
            _mover.RequirePermission(device);
        }

        _records.RequireFolder();
        using DeviceLocks locks = DeviceLocks.Take(_records, devices, _options.Timeout);

        // Who waited for a lock finds another host.
        PciHost host = _site.ReadHost();
        List<PciFunction> functions = [.. devices.Select(host.Get)];
        functions.ForEach(Look);
        functions.RemoveAll(device => !IsElsewhere(device));
        functions.ForEach(RequirePossible);
        new HandoverUses(host, _site.Uses(host), functions).Require(Step, _options.Force, _warnings);
        foreach (PciFunction device in functions)
        {
            _mover.RequireDriver(device.Address, _options.Driver, module: null);
            RequireAllowed(device);
        }

        MoveAll(functions);
    }

    private void RequirePossible(PciFunction device)
    {
        if (device.IsBridge)
        {
            throw HandoverErrors.Bridge(device);
        }

        // Without a group a VFIO driver would refuse, after the host's driver had let go.
        if (HostDrivers.IsVfio(_options.Driver) && device.Group is null && !_site.Pci.AllowsNoIommu)
        {
            throw DeviceErrors.NoGroup(device.ToString());
        }

        if (_site.IsOpenHere(device.Address))
        {
            throw HandoverErrors.OpenHere(device.Address, Step);
        }

        RecordFound found = _records.Read(device);
        if (found.Ignored is not null)
        {
            _warnings.Add(found.Ignored);
        }

        if (found.Record?.Pending is { } pending && WaitingProcess.Find(device.Host.Tree, pending) is { } process)
        {
            throw HandoverErrors.Pending(device.Address, Step, pending, process.ToString());
        }
    }

    // vfio-pci has a list of devices that it refuses; variants have none. It is switched off by a parameter, which is there once the module is loaded.
    private void RequireAllowed(PciFunction device)
    {
        if (_options.Driver == DriverBinding.DefaultDriver
            && DeniedDevices.IsRefused(device, _site.Tree()))
        {
            throw HandoverErrors.Denied(device);
        }
    }

    private void MoveAll(IReadOnlyList<PciFunction> devices)
    {
        var moved = new Stack<MovedFunction>();
        foreach (PciFunction device in devices)
        {
            MoveFailure? failure;
            try
            {
                MovedFunction next = Begin(device);
                moved.Push(next);
                failure = _mover.TryMove(device.Address, new FunctionState(_options.Driver, _options.Driver));
            }
            catch (VfioException error)
            {
                failure = new MoveFailure(error, null);
            }

            if (failure is not null)
            {
                throw HandoverErrors.Together(failure.Error, new Rollback(_mover, _records).Run(moved, failure.Pending));
            }
        }
    }

    // What a function had is written down before anything is changed.
    private MovedFunction Begin(PciFunction device)
    {
        FunctionState before = _mover.State(device.Address);
        BindingRecord? earlier = _records.Read(device).Record;

        // A record is of the first time, unless somebody else has given the function away since.
        bool isGood = earlier?.Before is not null && (before.Driver is null || before.Driver == earlier.BoundTo);
        var record = new BindingRecord
        {
            Schema = BindingRecord.CurrentSchema,
            BootId = _site.BootId() ?? string.Empty,
            Device = device.ToString(),
            Ids = device.Ids,
            Before = isGood ? earlier!.Before : new RecordedState(before.Driver, before.Driver is { } driver ? _mover.Module(driver) : null, before.Override),
            BoundTo = _options.Driver,
            Pending = null,
        };
        _records.Write(device.Address, record);
        return new MovedFunction(device.Address, before, record, earlier);
    }
}
