namespace Vfio.Tool.Config;

/// <summary>The names of where a configuration space was read.</summary>
internal static class ConfigSource
{
    public const string Sysfs = "sysfs";
    public const string Vfio = "vfio";
}
