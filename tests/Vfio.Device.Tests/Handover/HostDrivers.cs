using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Handover;

/// <summary>Gives devices to the host's own drivers for the length of a test, after which they have none, as at the lab's start.</summary>
internal sealed class HostDrivers : IDisposable
{
    private readonly List<PciAddress> _devices = [];

    /// <summary>Gives a device to a driver, whose module is loaded.</summary>
    public HostDrivers Give(PciAddress device, string driver)
    {
        Command.Host("modprobe", driver);
        if (PciFunction.Read(device).Driver is null)
        {
            File.WriteAllText("/sys/bus/pci/drivers_probe", device.ToString());
        }

        _devices.Add(device);
        return this;
    }

    /// <summary>Driver and override, as in <c>e1000 (null)</c>.</summary>
    public static string State(PciAddress device)
        => $"{PciFunction.Read(device).Driver ?? "-"} {File.ReadAllText($"/sys/bus/pci/devices/{device}/driver_override").Trim()}";

    public void Dispose()
    {
        foreach (PciAddress device in _devices)
        {
            string folder = $"/sys/bus/pci/devices/{device}";
            if (File.Exists($"{folder}/driver/unbind"))
            {
                File.WriteAllText($"{folder}/driver/unbind", device.ToString());
            }

            File.WriteAllText($"{folder}/driver_override", "\n");

            // There may be no folder yet.
            string record = $"/run/vfio-sdk/bindings/{device}.json";
            if (File.Exists(record))
            {
                File.Delete(record);
            }
        }
    }
}
