using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The place of a device that was opened by its own node: it can be moved, and detached.</summary>
internal sealed unsafe class CdevAttachment(
    VfioHost host, CdevHandle device, string name, uint? id, CdevGroup group, bool isIsolated) : DeviceAttachment
{
    private const string AttachStep = nameof(VFIO_DEVICE_ATTACH_IOMMUFD_PT);

    // The structure as it was before process address space ids, which older kernels want.
    private const uint ShortAttach = 3 * sizeof(uint);

    private readonly IVfioKernel _kernel = host.Kernel;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (AddressSpace Space, IommufdObject Target)> _pasids = [];
    private AddressSpace? _space;
    private AddressSpace? _detachedFrom;
    private IommufdObject? _target;

    /// <summary>The number of the device in its iommufd.</summary>
    /// <exception cref="VfioException">Another process bound it, and only that one was told.</exception>
    public uint Id => id ?? throw CdevErrors.UnknownId(name);

    public override uint? IommufdId => id;

    public override string Name => name;

    /// <summary>The descriptor of the device.</summary>
    public CdevHandle Device => device;

    public override AddressSpace? Space => Volatile.Read(ref _space);

    public override bool IsIsolated => isIsolated;

    /// <summary>Attaches the device for the first time, to the address space of its group. The caller has counted the use.</summary>
    public void Enter(AddressSpace space)
    {
        IommufdObject ioas = ((IoasBackend)space.Iommu).Ioas;
        space.WithDevices(() =>
        {
            AttachTo(ioas, space);
            space.DeviceJoined();
            return true;
        });
        space.CountDevice();
        _space = space;
        _target = ioas;
    }

    public override void Attach(AddressSpace target) => Attach(target, Backend(target).Ioas);

    public override void Attach(HardwarePageTable target) => Attach(target.AddressSpace, target.Require());

    /// <summary>Attaches the device to an IOAS, or to a page table that was made of one.</summary>
    public void Attach(AddressSpace target, IommufdObject table)
    {
        RequireSame(target);
        lock (_gate)
        {
            if (ReferenceEquals(table, _target))
            {
                return;
            }

            host.Groups.WhileStable(() => Move(target, table));
        }
    }

    public override void Detach()
    {
        lock (_gate)
        {
            if (_space is not { } space)
            {
                return;
            }

            Detach(space, pasid: null);
            Forget(space);
        }
    }

    public override void AttachPasid(uint pasid, HardwarePageTable target) => AttachPasid(pasid, target.AddressSpace, target.Require());

    public override void DetachPasid(uint pasid)
    {
        lock (_gate)
        {
            if (!_pasids.TryGetValue(pasid, out (AddressSpace Space, IommufdObject Target) old))
            {
                throw CdevErrors.NoSuchPasid(name, pasid);
            }

            Detach(old.Space, pasid);
            _pasids.Remove(pasid);
            device.LetGo(old.Target, pasid);
            old.Space.RemoveUser();
        }
    }

    public override IommuHardwareInfo GetHardwareInfo()
    {
        using DescriptorLease held = device.Lease();
        return HardwareInfoReader.Read(_kernel, device.Parent!, Id, name);
    }

    /// <summary>Makes sure that device and address space are of one iommufd.</summary>
    /// <exception cref="VfioException">They are not.</exception>
    public void RequireSame(AddressSpace target)
    {
        IoasBackend backend = Backend(target);
        if (!ReferenceEquals(backend.Ioas.Iommufd, device.Parent))
        {
            throw BackendErrors.WrongSpace(
                name,
                AttachStep,
                "the address space belongs to another iommufd than the device",
                "Make both with the same MemoryAccounting, and from the same passed descriptor if any");
        }

        if (backend.IsIsolated != isIsolated)
        {
            throw BackendErrors.WrongSpace(
                name,
                AttachStep,
                isIsolated ? "the address space is for devices without an IOMMU" : "the address space is for devices with an IOMMU",
                "Make an address space that suits the device");
        }
    }

    protected override void Leave()
    {
        lock (_gate)
        {
            _space?.DeviceLeft();
            _space?.RemoveUser();
            _detachedFrom?.RemoveUser();
            foreach ((AddressSpace space, _) in _pasids.Values)
            {
                space.RemoveUser();
            }

            _pasids.Clear();
        }
    }

    private IoasBackend Backend(AddressSpace space) => space.Iommu as IoasBackend
        ?? throw BackendErrors.WrongSpace(
            name,
            AttachStep,
            $"the address space is the container {space.Path}, and the device was opened with iommufd",
            "Make the address space with the same back end");

    private void AttachPasid(uint pasid, AddressSpace target, IommufdObject table)
    {
        RequireSame(target);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(!target.TryAddUser(), target);
            bool done = false;
            try
            {
                AttachTo(table, target, pasid);
                if (_pasids.Remove(pasid, out (AddressSpace Space, IommufdObject Target) old))
                {
                    device.LetGo(old.Target, pasid);
                    old.Space.RemoveUser();
                }

                _pasids.Add(pasid, (target, table));
                done = true;
            }
            finally
            {
                if (!done)
                {
                    target.RemoveUser();
                }
            }
        }
    }

    private void Move(AddressSpace target, IommufdObject table)
    {
        // The kernel would move the others along without a word: a group translates as one.
        if (group.IsShared && (table is PageTableObject || !ReferenceEquals(target, group.Space)))
        {
            throw CdevErrors.GroupShared(name, group.Unit);
        }

        bool joins = !ReferenceEquals(target, _space);
        ObjectDisposedException.ThrowIf(joins && !target.TryAddUser(), target);
        try
        {
            target.WithDevices(() =>
            {
                AttachTo(table, target);
                target.LearnRanges();
                return true;
            });
        }
        catch (Exception error)
        {
            if (joins)
            {
                target.RemoveUser();
            }

            if (error is VfioException && table is PageTableObject { ReportsFaults: true })
            {
                Restore();
            }

            throw;
        }

        AddressSpace? left = _space;
        IommufdObject? old = _target;
        Volatile.Write(ref _space, target);
        _target = table;
        group.MoveTo(target);
        if (old is not null)
        {
            device.LetGo(old, pasid: null);
        }

        if (joins)
        {
            target.CountDevice();
            left?.DeviceLeft();
            left?.RemoveUser();
            _detachedFrom?.RemoveUser();
            _detachedFrom = null;
        }
        else
        {
            // The page table that it left may be gone, and with it what that kept of the ranges.
            target.TableLeft();
        }
    }

    /// <summary>
    /// Puts the device back to where it was. VT-d's driver blocks a device before it finds that it cannot wait for the answers to faults,
    /// and what the kernel takes for attached it does not attach again.
    /// </summary>
    private void Restore()
    {
        if (_space is not { } space || _target is not { } target)
        {
            return;
        }

        try
        {
            Detach(space, pasid: null);
        }
        catch (VfioException)
        {
            // What the caller wants to know is why the device was not moved.
            return;
        }

        try
        {
            AttachTo(target, space);

            // It was kept twice.
            device.LetGo(target, pasid: null);
        }
        catch (VfioException)
        {
            // Then it is detached, which the caller can see.
            Forget(space);
        }
    }

    /// <summary>
    /// Notes that the device is attached to nothing. It keeps its use of the address space, which stays its group's: the device may come
    /// back, and others of the group join it there.
    /// </summary>
    private void Forget(AddressSpace space)
    {
        device.LetGo(_target!, pasid: null);
        Volatile.Write(ref _space, null);
        _target = null;
        _detachedFrom = space;
        space.DeviceLeft();
    }

    private void AttachTo(IommufdObject table, AddressSpace space, uint? pasid = null)
    {
        device.Keep(table, pasid);
        bool done = false;
        try
        {
            using DescriptorLease cdev = device.Lease();
            using IommufdObjectLease target = table.Lease();
            var attach = new vfio_device_attach_iommufd_pt
            {
                argsz = pasid is null ? ShortAttach : (uint)sizeof(vfio_device_attach_iommufd_pt),
                flags = pasid is null ? 0 : (uint)VFIO_DEVICE_ATTACH_PASID,
                pt_id = target.Id,
                pasid = pasid ?? 0,
            };
            int result = _kernel.AttachIommufd(cdev.Fd, &attach);
            if (result < 0)
            {
                throw table is PageTableObject { ReportsFaults: true } && result is -Errno.ENODEV or -Errno.EOPNOTSUPP
                    ? FaultErrors.Attach(name, -result)
                    : CdevErrors.Attach(name, space.Path, pasid, -result);
            }

            done = true;
        }
        finally
        {
            if (!done)
            {
                device.LetGo(table, pasid);
            }
        }
    }

    private void Detach(AddressSpace space, uint? pasid)
    {
        using DescriptorLease cdev = device.Lease();
        int result = CdevHandle.Detach(_kernel, cdev.Fd, pasid);
        if (result < 0)
        {
            throw CdevErrors.Detach(name, space.Path, -result);
        }
    }
}
