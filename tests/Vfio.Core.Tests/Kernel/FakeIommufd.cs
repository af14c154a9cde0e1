using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>What the kernel keeps for one open of <c>/dev/iommu</c>: a table of objects.</summary>
internal sealed class FakeIommufd(FakeKernel kernel)
{
    private readonly Dictionary<FakeGroup, FakeIommuGroup> _groups = [];
    private uint _lastPages;

    public SortedDictionary<uint, FakeIommuObject> Objects { get; } = [];

    public uint LastId { get; private set; }

    /// <summary>The space that stands in for a container's.</summary>
    public FakeIoas? VfioIoas { get; set; }

    /// <summary>Whether a group without an IOMMU came first, so that no other can.</summary>
    public bool NoIommuMode { get; set; }

    /// <summary>Whether locked memory counts for the process, not for the user.</summary>
    public bool CountsProcess { get; set; }

    /// <summary>The groups that have it in place of a container.</summary>
    public List<FakeGroup> Groups { get; } = [];

    public IEnumerable<FakeIoas> Spaces => Objects.Values.OfType<FakeIoas>();

    public IEnumerable<FakeHwpt> Tables => Objects.Values.OfType<FakeHwpt>();

    public IEnumerable<FakeFaultQueue> Queues => Objects.Values.OfType<FakeFaultQueue>();

    public IEnumerable<FakeBoundDevice> Devices => Objects.Values.OfType<FakeBoundDevice>();

    public T? Get<T>(uint id)
        where T : FakeIommuObject
        => Objects.GetValueOrDefault(id) as T;

    /// <summary>Makes an object that has the next number.</summary>
    public T Create<T>(Func<FakeIommufd, uint, T> make)
        where T : FakeIommuObject
    {
        T made = make(this, ++LastId);
        made.Foreign = kernel.CalledByStranger;
        Objects.Add(made.Id, made);
        return made;
    }

    public void Destroy(FakeIommuObject gone)
    {
        Objects.Remove(gone.Id);
        VfioIoas = VfioIoas == gone ? null : VfioIoas;
        gone.Release();
    }

    public FakePages AddPages(ulong source, ulong length, bool writable, FakeOpenFile? file)
    {
        ulong offset = source % FakeIoas.PageSize;
        return new FakePages(++_lastPages, source - offset, offset + length, writable, file);
    }

    /// <summary>Locks memory that is to be in a page table, together with all that is already.</summary>
    public int Pin(IReadOnlyCollection<FakePages> more)
    {
        FakePages[] all =
        [
            .. Spaces.Where(static it => it.Tables.Count != 0).SelectMany(static it => it.Areas.Values).Select(static it => it.Pages)
                .Concat(more).Distinct(),
        ];
        if (Array.Exists(all, static it => it.IsFile && (it.File!.Kind != "memory" || it.Source + it.Size > (ulong)it.File.Length)))
        {
            return -Errno.EINVAL;
        }

        ulong locked = all.Where(static it => it.IsLocked).Aggregate(0UL, static (sum, it) => sum + it.Size);
        return locked > kernel.MemoryLockLimit && !kernel.MayExceedMemoryLock ? -Errno.ENOMEM : 0;
    }

    /// <summary>Takes a device over, unless its group is in other hands.</summary>
    public int Bind(FakeDevice device, out FakeIommuObject? bound)
    {
        bound = null;
        FakeGroup group = device.Group;
        if (device.Mediated)
        {
            bound = Create(static (it, id) => new FakeAccess(it, id));
        }
        else if (device.NoIommu)
        {
            bound = Create((it, id) => new FakeBoundDevice(it, id, device, new FakeIommuGroup()));
        }
        else if (!group.Viable || (group.Owner is not null && group.Owner != this))
        {
            return -Errno.EPERM;
        }
        else
        {
            group.Owner = this;
            group.Owned++;
            if (!_groups.TryGetValue(group, out FakeIommuGroup? kept))
            {
                kept = new FakeIommuGroup();
                _groups.Add(group, kept);
            }

            bound = Create((it, id) => new FakeBoundDevice(it, id, device, kept));
        }

        // The driver is a user until the device is unbound, so that nobody can destroy the object.
        bound.Users++;
        return 0;
    }

    public void Unbind(FakeIommuObject bound)
    {
        if (bound is FakeBoundDevice device)
        {
            foreach (uint pasid in device.Pasids.ToArray())
            {
                Detach(device, pasid);
            }

            device.Pasids.Clear();
            if (device.IsAttached)
            {
                device.IsAttached = false;
                Detach(device, 0);
            }
        }

        bound.Users--;
        Destroy(bound);
    }

    /// <summary>
    /// Gives a device the page table or the space of a number, which becomes that of the page table in the end.
    /// </summary>
    public int Attach(FakeBoundDevice device, uint pasid, ref uint table, bool replace)
    {
        switch (Objects.GetValueOrDefault(table))
        {
            case null:
                return -Errno.ENOENT;
            case FakeHwpt hwpt:
                return replace ? Replace(device, pasid, hwpt) : Attach(device, pasid, hwpt);
            case FakeIoas ioas:
                return AttachToAny(device, pasid, ioas, ref table, replace);
            default:
                return -Errno.EINVAL;
        }
    }

    public void Detach(FakeBoundDevice device, uint pasid)
    {
        if (!device.Group.Attachments.TryGetValue(pasid, out FakeAttachment? attachment))
        {
            return;
        }

        FakeHwpt hwpt = attachment.Hwpt;
        attachment.Devices.Remove(device);
        if (attachment.Devices.Count == 0)
        {
            device.Group.Attachments.Remove(pasid);
            hwpt.Queue?.Refuse(group => group.Device.Group == device.Group && group.Pasid == pasid);
        }

        if (pasid == 0)
        {
            hwpt.Ioas.Unreserve(device.Device);
        }

        Put(hwpt);
        device.Users--;
    }

    /// <summary>Makes a page table for a device on a space.</summary>
    public int CreateTable(FakeIoas ioas, FakeDevice device, uint flags, out FakeHwpt? made)
    {
        made = Create((it, id) => new FakeHwpt(it, id, ioas, flags) { NoIommu = device.NoIommu, IommuUnit = device.IommuUnit });
        ioas.Users++;
        int refused = ioas.Add(made, kernel.OutsideOf(device));
        if (refused != 0)
        {
            Destroy(made);
            made = null;
        }

        return refused;
    }

    private int AttachToAny(FakeBoundDevice device, uint pasid, FakeIoas ioas, ref uint table, bool replace)
    {
        foreach (FakeHwpt shared in ioas.Tables.Where(static it => it.Automatic).ToArray())
        {
            int refused = replace ? Replace(device, pasid, shared) : Attach(device, pasid, shared);
            if (refused != -Errno.EINVAL)
            {
                table = refused == 0 ? shared.Id : table;
                return refused;
            }
        }

        int failed = CreateTable(ioas, device.Device, 0, out FakeHwpt? hwpt);
        if (failed != 0)
        {
            return failed;
        }

        failed = replace ? Replace(device, pasid, hwpt!) : Attach(device, pasid, hwpt!);
        if (failed != 0)
        {
            Destroy(hwpt!);
            return failed;
        }

        hwpt!.Automatic = true;
        table = hwpt.Id;
        return 0;
    }

    private int Attach(FakeBoundDevice device, uint pasid, FakeHwpt hwpt)
    {
        bool first = !device.Group.Attachments.TryGetValue(pasid, out FakeAttachment? attachment);
        if (!first && attachment!.Hwpt != hwpt)
        {
            return -Errno.EINVAL;
        }

        int refused = pasid == 0 ? ReserveFor(device.Device, hwpt.Ioas) : 0;
        if (refused == 0 && first)
        {
            refused = Fits(device, pasid, hwpt);
            if (refused != 0 && pasid == 0)
            {
                hwpt.Ioas.Unreserve(device.Device);
            }
        }

        if (refused != 0)
        {
            return refused;
        }

        if (first)
        {
            attachment = new FakeAttachment(hwpt);
            device.Group.Attachments.Add(pasid, attachment);
        }

        attachment!.Devices.Add(device);
        device.Users++;
        hwpt.Users++;
        return 0;
    }

    private int Replace(FakeBoundDevice device, uint pasid, FakeHwpt hwpt)
    {
        if (!device.Group.Attachments.TryGetValue(pasid, out FakeAttachment? attachment) || !attachment.Devices.Contains(device))
        {
            return -Errno.EINVAL;
        }

        FakeHwpt old = attachment.Hwpt;
        if (old == hwpt)
        {
            return 0;
        }

        bool moves = pasid == 0 && old.Ioas != hwpt.Ioas;
        int refused = moves ? ReserveFor(attachment.Devices, hwpt.Ioas) : 0;
        if (refused != 0)
        {
            return refused;
        }

        refused = Fits(device, pasid, hwpt);
        if (refused != 0)
        {
            attachment.Devices.ForEach(it => Unreserve(moves, hwpt, it));
            return refused;
        }

        old.Queue?.Refuse(group => group.Device.Group == device.Group && group.Pasid == pasid);
        attachment.Devices.ForEach(it => Unreserve(moves, old, it));
        attachment.Hwpt = hwpt;
        foreach (FakeBoundDevice _ in attachment.Devices)
        {
            hwpt.Users++;
            Put(old);
        }

        return 0;

        static void Unreserve(bool moves, FakeHwpt from, FakeBoundDevice device)
        {
            if (moves)
            {
                from.Ioas.Unreserve(device.Device);
            }
        }
    }

    private int ReserveFor(List<FakeBoundDevice> devices, FakeIoas ioas)
    {
        foreach (FakeBoundDevice device in devices)
        {
            int refused = ReserveFor(device.Device, ioas);
            if (refused != 0)
            {
                devices.ForEach(it => ioas.Unreserve(it.Device));
                return refused;
            }
        }

        return 0;
    }

    private int ReserveFor(FakeDevice device, FakeIoas ioas)
    {
        foreach ((ulong first, ulong last) in kernel.ReservedBy(device))
        {
            int refused = ioas.Reserve(first, last, device);
            if (refused != 0)
            {
                ioas.Unreserve(device);
                return refused;
            }
        }

        return 0;
    }

    /// <summary>Whether the IOMMU of a device takes a page table.</summary>
    private static int Fits(FakeBoundDevice device, uint pasid, FakeHwpt hwpt)
    {
        SortedDictionary<uint, FakeAttachment> attachments = device.Group.Attachments;
        bool mixed = pasid == 0
            ? !hwpt.TakesPasids && attachments.Keys.Any(static other => other != 0)
            : !hwpt.TakesPasids || (attachments.TryGetValue(0, out FakeAttachment? main) && !main.Hwpt.TakesPasids);
        if (mixed)
        {
            return -Errno.EINVAL;
        }

        // Nothing is programmed for a device that no hardware translates for.
        if (device.Device.NoIommu)
        {
            return 0;
        }

        if (hwpt.NoIommu || hwpt.IommuUnit != device.Device.IommuUnit || pasid >= 1u << device.Device.PasidWidth)
        {
            return -Errno.EINVAL;
        }

        return hwpt.Queue is not null && !device.Device.PageRequests ? -Errno.ENODEV : 0;
    }

    /// <summary>Gives a reference on a page table back; the last one takes a table along that the kernel made.</summary>
    private void Put(FakeHwpt hwpt)
    {
        hwpt.Users--;
        if (hwpt.Automatic && hwpt.Users == 0)
        {
            Destroy(hwpt);
        }
    }
}
