using System.Globalization;

namespace Vfio.Core;

/// <summary>
/// The virtual functions of a physical function, made and removed through sysfs (<c>sriov_numvfs</c> and its neighbours; PCI Express Base
/// Specification, SR-IOV). Changing needs root.
/// </summary>
/// <remarks>
/// <para>The driver of the physical function makes them. vfio-pci does so only with its parameter <c>enable_sriov</c>
/// (<c>/sys/module/vfio_pci/parameters/enable_sriov</c>), whether or not anybody has the physical function open; its virtual functions are then
/// opened with the token that was set for it (<see cref="VfioDeviceOptions.Token"/>, <see cref="DeviceFeatures.SetToken"/>).</para>
/// <para>Properties read sysfs at that moment, and never wait. Thread-safe.</para>
/// </remarks>
public sealed class PciVirtualFunctions
{
    /// <summary>How long the kernel is waited for where nothing else is said.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private const string AutoprobeAttribute = "sriov_drivers_autoprobe";
    private const string CountAttribute = "sriov_numvfs";
    private const string LimitAttribute = "sriov_totalvfs";

    private static readonly TimeSpan _maxTimeout = TimeSpan.FromDays(1);

    private readonly VfioHost _host;
    private readonly Func<TimeSpan, ISysfsWriter> _writer;
    private readonly Lock _gate = new();
    private bool? _autoprobeBefore;
    private IReadOnlyList<PciAddress> _known = [];

    internal PciVirtualFunctions(VfioHost host, PciAddress address, Func<TimeSpan, ISysfsWriter>? writer = null)
    {
        if (!host.Pci.Exists(address))
        {
            throw DeviceErrors.NoSuchDevice(address.ToString());
        }

        _host = host;
        _writer = writer ?? (static limit => new SysfsWriterProcess(limit));
        Address = address;
        if (Read(LimitAttribute) is null)
        {
            throw VirtualFunctionErrors.NoSriov(address);
        }
    }

    /// <summary>The physical function.</summary>
    public PciAddress Address { get; }

    /// <summary>How many it can have (<c>sriov_totalvfs</c>), which its driver may have limited.</summary>
    public int Limit => Read(LimitAttribute) ?? 0;

    /// <summary>
    /// How many it has, from the links to them: the kernel does not answer a read of <c>sriov_numvfs</c> before a removal that is under way has
    /// ended. One that is being removed does not count any more, even if it is still in use.
    /// </summary>
    public int Count => Addresses.Count;

    /// <summary>
    /// Whether the kernel gives new ones to whichever driver of the host takes them (<c>sriov_drivers_autoprobe</c>). Where it does not, only a
    /// <c>driver_override</c> brings a driver to them, as <see cref="DriverBinding"/> writes it.
    /// </summary>
    public bool AreProbed => Read(AutoprobeAttribute) != 0;

    /// <summary>Those that it has, in the order of their numbers (the links <c>virtfn0</c> and up).</summary>
    public IReadOnlyList<PciAddress> Addresses
    {
        get
        {
            string folder = _host.Paths.Function(Address);
            var found = new List<PciAddress>();
            int limit = Limit;
            for (int number = 0; number < limit; number++)
            {
                // A removal that is under way has taken the first ones away.
                string link = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"virtfn{number}"));
                if (PciAddress.TryParse(SysfsFile.LinkName(link), out PciAddress address))
                {
                    found.Add(address);
                }
            }

            return found;
        }
    }

    /// <summary>Finds a physical function's.</summary>
    /// <exception cref="VfioException">There is no such function, or it has no SR-IOV.</exception>
    public static PciVirtualFunctions Of(PciAddress physicalFunction) => new(VfioHost.Local, physicalFunction);

    /// <summary>Makes virtual functions. It must have none yet: the kernel knows only all and none.</summary>
    /// <param name="count">How many, from 1 to <see cref="Limit"/>.</param>
    /// <param name="probe">Whether the drivers of the host may take them. False leaves them without a driver, for <see cref="DriverBinding"/>.</param>
    /// <param name="timeout">How long the kernel is waited for, at most a day; null for <see cref="DefaultTimeout"/>.</param>
    /// <returns>Their addresses, in the order of their numbers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The count or the time is outside of its limits.</exception>
    /// <exception cref="VfioException">The driver of the physical function cannot, there are some already, or the kernel refused or did not answer.</exception>
    public IReadOnlyList<PciAddress> Enable(int count, bool probe = false, TimeSpan? timeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ISysfsWriter writer = Writer(timeout);
        lock (_gate)
        {
            int limit = Read(LimitAttribute) ?? throw DeviceErrors.NoSuchDevice(Address.ToString());
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, limit);
            int present = Count;
            if (present != 0)
            {
                throw VirtualFunctionErrors.Already(Address, present);
            }

            bool before = AreProbed;
            if (before != probe)
            {
                Write(writer, AutoprobeAttribute, probe ? 1 : 0);

                // What an earlier call has changed, and nobody has put back yet, is older.
                _autoprobeBefore ??= before;
            }

            try
            {
                Write(writer, CountAttribute, count);
            }
            catch (VfioException error) when (before != probe)
            {
                PutBack(writer, before, error);
                throw;
            }

            IReadOnlyList<PciAddress> made = Addresses;
            return made.Count == count ? made : throw VirtualFunctionErrors.TooFew(Address, count, made.Count);
        }
    }

    /// <summary>
    /// Removes all virtual functions. Where one is open, the kernel asks its user to let go of it (the device request), and waits; so does this, also
    /// for a removal that is under way already.
    /// </summary>
    /// <remarks>
    /// What <see cref="Enable"/> changed about probing is put back. After a failure by time the kernel still removes them, as soon as their
    /// users have closed them: until then the physical function is locked, and can neither be reset, nor bound, nor given other virtual functions.
    /// </remarks>
    /// <param name="timeout">How long it is waited for, at most a day; null for <see cref="DefaultTimeout"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside of its limits.</exception>
    /// <exception cref="VfioException">
    /// They are still in use at the end of the time (<see cref="VfioErrorKind.InUse"/>), the physical function has no driver that could, or the kernel
    /// refused.
    /// </exception>
    public void Disable(TimeSpan? timeout = null)
    {
        ISysfsWriter writer = Writer(timeout);
        lock (_gate)
        {
            // The kernel takes the link to each away before it waits for the user; a call before this one may have seen more.
            _known = [.. _known.Union(Addresses)];
            Write(writer, CountAttribute, 0);
            _known = [];
            if (_autoprobeBefore is { } before)
            {
                Write(writer, AutoprobeAttribute, before ? 1 : 0);
                _autoprobeBefore = null;
            }
        }
    }

    private ISysfsWriter Writer(TimeSpan? timeout)
    {
        TimeSpan limit = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, _maxTimeout, nameof(timeout));
        return _writer(limit);
    }

    private void PutBack(ISysfsWriter writer, bool autoprobe, VfioException error)
    {
        // While the kernel is still at it, the functions may yet come, and must find it as it was asked for.
        if (error.InnerException is HangingWriteException)
        {
            return;
        }

        try
        {
            Write(writer, AutoprobeAttribute, autoprobe ? 1 : 0);
            if (_autoprobeBefore == autoprobe)
            {
                _autoprobeBefore = null;
            }
        }
        catch (VfioException)
        {
            // The failure that is under way says more; Disable tries it again.
        }
    }

    private void Write(ISysfsWriter writer, string attribute, int value)
    {
        string file = Path.Combine(_host.Paths.Function(Address), attribute);
        try
        {
            writer.Write(file, value.ToString(CultureInfo.InvariantCulture));
        }
        catch (HangingWriteException error)
        {
            throw VirtualFunctionErrors.Hangs(Address, value, OpenOnes(), error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw _host.Pci.Exists(Address)
                ? VirtualFunctionErrors.Write(Address, file, value, _host.Pci.Driver(Address), error)
                : VirtualFunctionErrors.Gone(Address, file, error);
        }
    }

    // Those that this process has open itself.
    private IReadOnlyList<PciAddress> OpenOnes()
        => [.. _known.Where(address => _host.OpenFunctions.Contains(address.ToString()))];

    private int? Read(string attribute)
        => HostText.Number(_host.Pci.Attribute(Address, attribute)) is { } value and >= 0 and <= ushort.MaxValue ? (int)value : null;
}
