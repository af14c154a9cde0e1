namespace Vfio.Core;

/// <summary>What is told of a device beside its descriptors, as one line: <c>vfio-device 1 0000:00:03.0 iommufd isolated</c>.</summary>
/// <param name="Name">The device's name.</param>
/// <param name="Backend">The back end of its address space; null where that does not go over.</param>
/// <param name="IsIsolated">Whether an IOMMU keeps it from memory that is not mapped for it.</param>
internal readonly record struct SharedDeviceText(string Name, VfioBackend? Backend, bool IsIsolated)
{
    /// <summary>How many bytes a message of it has: always as many, so that a stream needs no length. Longer than any line.</summary>
    public const int Length = 128;

    private const string Mark = "vfio-device";
    private const string Version = "1";
    private const string NoBackend = "none";
    private const string Isolated = "isolated";
    private const string NotIsolated = "unsafe";

    /// <summary>Reads the line. Whoever wrote it need not be trusted.</summary>
    public static bool TryParse(string line, out SharedDeviceText text)
    {
        text = default;
        string[] words = line.Split(' ');
        if (words is not [Mark, Version, var name, var backendName, Isolated or NotIsolated])
        {
            return false;
        }

        VfioBackend? backend = null;
        if (backendName != NoBackend)
        {
            if (!VfioBackendName.TryParse(backendName, out VfioBackend known))
            {
                return false;
            }

            backend = known;
        }

        if (PciAddress.TryParse(name, out PciAddress address))
        {
            name = address.ToString();
        }
        else if (!Guid.TryParseExact(name, "D", out _))
        {
            return false;
        }

        text = new SharedDeviceText(name, backend, words[4] == Isolated);
        return true;
    }

    /// <summary>The line.</summary>
    public override string ToString()
        => string.Join(' ', Mark, Version, Name, Backend is { } backend ? VfioBackendName.Of(backend) : NoBackend, IsIsolated ? Isolated : NotIsolated);
}
