namespace Vfio.Core;

/// <summary>The names of back ends, as they stand in <c>VFIO_BACKEND</c> and in what programs print.</summary>
public static class VfioBackendName
{
    /// <summary>
    /// The environment variable that forces a back end for address spaces and devices that are made without naming one. Beside the
    /// name of each back end it takes <c>type1</c> and <c>compat</c>, for the best version of the container, and <c>auto</c>.
    /// </summary>
    public const string Variable = "VFIO_BACKEND";

    private static readonly (VfioBackend Backend, string Name)[] _names =
    [
        (VfioBackend.Iommufd, "iommufd"),
        (VfioBackend.Type1V2, "type1v2"),
        (VfioBackend.Type1V1, "type1v1"),
        (VfioBackend.CompatType1V2, "compat-type1v2"),
        (VfioBackend.CompatType1V1, "compat-type1v1"),
        (VfioBackend.NoIommu, "noiommu"),
    ];

    /// <summary>The name of a back end, such as <c>type1v2</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such back end.</exception>
    public static string Of(VfioBackend backend)
    {
        foreach ((VfioBackend known, string name) in _names)
        {
            if (known == backend)
            {
                return name;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(backend), backend, "There is no such back end.");
    }

    /// <summary>Reads the name of a back end, in any case of letters.</summary>
    public static bool TryParse(string? text, out VfioBackend backend)
    {
        foreach ((VfioBackend known, string name) in _names)
        {
            if (string.Equals(text, name, StringComparison.OrdinalIgnoreCase))
            {
                backend = known;
                return true;
            }
        }

        backend = default;
        return false;
    }

    /// <summary>All that the variable may say.</summary>
    internal static string Choices => string.Join(", ", ["auto", "type1", "compat", .. _names.Select(static entry => entry.Name)]);
}
