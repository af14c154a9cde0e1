using System.Globalization;

namespace Vfio.Assignability.Tests.Handover;

/// <summary>Acts on a tree of files as the kernel's driver core does when its files are written, and refuses or hangs where a test says so.</summary>
internal sealed class FakeWriter(FakeHost host) : ISysfsWriter
{
    public const int Waiting = 4242;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    /// <summary>The writes, in order, such as <c>0000:00:03.0/driver/unbind</c>.</summary>
    public List<string> Written { get; } = [];

    /// <summary>Gives the error of a write by its number and its name, or null to let it happen.</summary>
    public Func<int, string, Exception?> Fault { get; set; } = static (_, _) => null;

    /// <summary>Whether a write that fails has its effect all the same.</summary>
    public bool FaultComesLate { get; set; }

    /// <summary>Drivers that refuse what they are given; <c>drivers_probe</c> reports success.</summary>
    public HashSet<string> Refusing { get; } = new(StringComparer.Ordinal);

    public static HangingWriteException Hang(string file) => new(file, _limit, Waiting);

    public static IOException Refusal(int errno) => new($"errno {errno}", errno);

    public void Write(string file, string line)
    {
        string name = Path.GetRelativePath(host.Paths.PciDevices, file);
        Written.Add(name);
        Exception? fault = Fault(Written.Count, name);
        if (fault is null || FaultComesLate)
        {
            Act(file, line);
        }

        if (fault is not null)
        {
            throw fault;
        }
    }

    private void Act(string file, string line)
    {
        Assert.True(File.Exists(file), file);
        switch (Path.GetFileName(file))
        {
            case "unbind":
                Assert.Equal(Path.Combine(host.Paths.PciDevices, line, "driver", "unbind"), file);
                host.SetDriver(line, null);
                host.EndVirtualFunctions(line);
                break;
            case "driver_override":
                File.WriteAllText(file, (line.Length == 0 ? "(null)" : line) + "\n");
                break;
            default:
                Assert.Equal(host.Paths.DriversProbe, file);
                Probe(line);
                break;
        }
    }

    private void Probe(string address)
    {
        if (host.Pci.Driver(PciAddress.Parse(address)) is not null)
        {
            return;
        }

        string reserved = host.Pci.Attribute(PciAddress.Parse(address), "driver_override")!;
        string? driver = reserved == "(null)" ? host.OwnDriver(address) : reserved;
        if (driver is not null && Directory.Exists(Path.Combine(host.Paths.PciDrivers, driver)) && !Refusing.Contains(driver))
        {
            host.SetDriver(address, driver);
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Written.Count} writes: {string.Join(", ", Written)}");
}
