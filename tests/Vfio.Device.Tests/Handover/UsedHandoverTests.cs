using System.Globalization;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Handover;

/// <summary>Devices that the host uses.</summary>
public sealed class UsedHandoverTests : IDisposable
{
    private const string Disk = "/dev/nvme0n1";

    private readonly HostDrivers _drivers = new();

    public void Dispose() => _drivers.Dispose();

    [Fact]
    public void A_mounted_disk_is_refused_and_its_data_outlives_the_way_to_vfio_and_back()
    {
        PciAddress nvme = GiveNvme();
        Assert.SkipUnless(KnowsExt4(), "needs ext4, and the kernel has no file system for disks");
        string folder = Directory.CreateTempSubdirectory("vfio-mount-").FullName;
        Command.Host("mkfs.ext4", "-q", "-F", Disk);
        Command.Host("mount", Disk, folder);
        try
        {
            File.WriteAllText(Path.Combine(folder, "file"), "contents");

            VfioException error = Assert.Single(DeviceHandover.Bind([nvme]).Errors);

            Assert.Equal((VfioErrorKind.InUse, nvme.ToString()), (error.Kind, error.Subject));
            Assert.Contains(folder, error.Message, StringComparison.Ordinal);
            Assert.Contains("--force", error.Message, StringComparison.Ordinal);
            Assert.Equal("nvme (null)", HostDrivers.State(nvme));
            Assert.Equal("contents", File.ReadAllText(Path.Combine(folder, "file")));
        }
        finally
        {
            Command.Host("umount", folder);
        }

        DeviceHandover.Bind([nvme]).ThrowIfFailed();
        DeviceHandover.Restore([nvme]).ThrowIfFailed();
        WaitForDisk();
        Command.Host("mount", Disk, folder);
        try
        {
            Assert.Equal("contents", File.ReadAllText(Path.Combine(folder, "file")));
        }
        finally
        {
            Command.Host("umount", folder);
        }
    }

    [Fact]
    public void A_disk_that_a_process_has_open_is_refused()
    {
        PciAddress nvme = GiveNvme();
        using (File.OpenHandle(Disk))
        {
            VfioException error = Assert.Single(DeviceHandover.Bind([nvme]).Errors);
            Assert.Equal(VfioErrorKind.InUse, error.Kind);
            Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
            Assert.Equal("nvme (null)", HostDrivers.State(nvme));
        }

        DeviceHandover.Bind([nvme]).ThrowIfFailed();
        DeviceHandover.Restore([nvme]).ThrowIfFailed();
        Assert.Equal("nvme (null)", HostDrivers.State(nvme));
    }

    [Fact]
    public void A_physical_function_keeps_its_virtual_ones_unless_forced()
    {
        PciAddress igb = TestDevice.Igb();
        _drivers.Give(igb, "igb");
        Assert.SkipWhen(Mode.IsNoIommu, "makes virtual functions, which have no group without an IOMMU");
        string count = $"/sys/bus/pci/devices/{igb}/sriov_numvfs";
        File.WriteAllText($"/sys/bus/pci/devices/{igb}/sriov_drivers_autoprobe", "0");
        try
        {
            File.WriteAllText(count, "2");
            IReadOnlyList<PciFunction> functions = PciFunction.Read(igb).VirtualFunctions;

            VfioException error = Assert.Single(DeviceHandover.Bind([igb]).Errors);

            Assert.Equal(VfioErrorKind.InUse, error.Kind);
            Assert.All(functions, function => Assert.Contains(function.ToString(), error.Message, StringComparison.Ordinal));
            Assert.Equal("2", File.ReadAllText(count).Trim());
            Assert.Equal("igb (null)", HostDrivers.State(igb));
            DeviceHandover.Bind([igb], new BindOptions { Force = true }).ThrowIfFailed();
            Assert.Equal("vfio-pci vfio-pci", HostDrivers.State(igb));
            Assert.Equal("0", File.ReadAllText(count).Trim());
            DeviceHandover.Restore([igb]).ThrowIfFailed();
        }
        finally
        {
            File.WriteAllText(count, "0");
            File.WriteAllText($"/sys/bus/pci/devices/{igb}/sriov_drivers_autoprobe", "1");
        }
    }

    private static bool KnowsExt4()
    {
        const string List = "/proc/filesystems";
        if (!File.ReadAllText(List).Contains("\text4\n", StringComparison.Ordinal))
        {
            try
            {
                Command.Host("modprobe", "ext4");
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        return File.ReadAllText(List).Contains("\text4\n", StringComparison.Ordinal);
    }

    // The driver finds the disk on a thread of its own.
    private static void WaitForDisk() => Assert.True(SpinWait.SpinUntil(
        static () =>
        {
            Thread.Sleep(20);
            return File.Exists(Disk);
        },
        TimeSpan.FromMinutes(1)));

    private PciAddress GiveNvme()
    {
        PciAddress nvme = TestDevice.Nvme();
        _drivers.Give(nvme, "nvme");
        WaitForDisk();
        return nvme;
    }
}
