using Xunit;

namespace Vfio.Device.Tests.Lab;

/// <summary>Whether vfio-pci makes virtual functions, for the length of a test.</summary>
internal sealed class SriovSwitch : IDisposable
{
    private const string Path = "/sys/module/vfio_pci/parameters/enable_sriov";

    private readonly string _before;

    public SriovSwitch(bool allowed)
    {
        Assert.SkipUnless(File.Exists(Path), "needs vfio-pci with SR-IOV");
        _before = File.ReadAllText(Path).Trim();
        File.WriteAllText(Path, allowed ? "Y" : "N");
    }

    public void Dispose() => File.WriteAllText(Path, _before);
}
