namespace Vfio.Assignability.Tests;

/// <summary>Devices that many scenarios are about.</summary>
internal static class CommonDevices
{
    public const string Target = "0000:01:00.0";
    public const string Port = "0000:00:01.0";

    private const int Intel = 0x8086;

    /// <summary>An NVMe drive at 0000:01:00.0, alone behind a root port, with a function level reset.</summary>
    public static FunctionBuilder Nvme(this HostTreeBuilder host) => host.RootPort(Port).Device(Target, 0x144d, 0xa808, 0x010802).Flr();

    /// <summary>A network card at 0000:01:00.0, alone behind a root port, with a function level reset.</summary>
    public static FunctionBuilder Nic(this HostTreeBuilder host) => host.RootPort(Port).Device(Target, Intel, 0x1572, 0x020000).Flr();

    /// <summary>A network card that has virtual functions, at 0000:01:00.0.</summary>
    public static FunctionBuilder PhysicalNic(this HostTreeBuilder host) => host.Nic().Sriov(8);

    /// <summary>An AMD graphics card at 0000:03:00.0 whose sound is 0000:03:00.1, in one group, on drivers of the host's or on none.</summary>
    public static (FunctionBuilder Gpu, FunctionBuilder Sound) Graphics(this HostTreeBuilder host, string? gpuDriver = "amdgpu", string? soundDriver = "snd_hda_intel")
    {
        FunctionBuilder gpu = host.RootPort("0000:00:03.1").Device("0000:03:00.0", 0x1002, 0x731f, 0x030000).Reset("bus").Group(20).Driver(gpuDriver);
        FunctionBuilder sound = gpu.Beside("0000:03:00.1", 0x1002, 0xab38, 0x040300).NoReset().Group(20).Driver(soundDriver);
        return (gpu, sound);
    }

    /// <summary>Intel's integrated graphics at 0000:00:02.0 with its host bridge and ISA bridge.</summary>
    public static FunctionBuilder IntelGraphics(this HostTreeBuilder host, int cls = 0x030000, int isaVendor = Intel)
    {
        _ = host.Device("0000:00:00.0", Intel, 0x3e30, 0x060000).Conventional();
        _ = host.Device("0000:00:1f.0", isaVendor, 0xa305, 0x060100).Conventional();
        FunctionBuilder graphics = host.Device("0000:00:02.0", Intel, 0x3e98, cls)
            .Conventional().PowerManagement().Msi().AfFlr().Reset("flr")
            .ConfigDword(0xfc, 0x7a58_7018)
            .Bar(0, 0x6000000000, 0x1000000).Bar(2, 0x4000000000, 0x10000000);
        return cls >> 8 == 0x0300 ? graphics.Attribute("boot_vga", "1") : graphics;
    }
}
