using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <summary>A host of any number of functions, in several domains and on many buses.</summary>
internal static class LargeHost
{
    private const int DevicesOnBus = 7;
    private const int PortsOnRootBus = 16;
    private const int FunctionsInDomain = 1024;

    /// <summary>Some function of it that is behind a bridge.</summary>
    public const string Device = "0000:01:00.0";

    public static HostTreeBuilder Create(int functions, bool isSparse)
    {
        var host = new HostTreeBuilder { IsSparse = isSparse };
        while (host.Functions.Count < functions)
        {
            int domain = host.Functions.Count / FunctionsInDomain;
            AddRootBus(host, domain, Math.Min(functions, (domain + 1) * FunctionsInDomain));
        }

        return host;
    }

    private static void AddRootBus(HostTreeBuilder host, int domain, int functions)
    {
        int used = host.Functions.Count % FunctionsInDomain * 2 / (DevicesOnBus + 1);
        for (int port = 0; port < PortsOnRootBus && host.Functions.Count < functions; port++)
        {
            FunctionBuilder bridge = host.RootPort(string.Create(CultureInfo.InvariantCulture, $"{domain:x4}:{used / 32 * 32:x2}:{port:x2}.0"));
            for (int device = 0; device < DevicesOnBus && host.Functions.Count < functions; device++)
            {
                _ = bridge.Device(string.Create(CultureInfo.InvariantCulture, $"{domain:x4}:{(used / 32 * 32) + port + 1:x2}:00.{device}"), 0x8086, 0x1572, 0x020000)
                    .Flr().Driver(device % 2 == 0 ? "i40e" : null);
            }
        }
    }
}
