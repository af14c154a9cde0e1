using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>The two devices behind the conventional bridge, bound and open for the length of a test.</summary>
internal sealed class BridgedPair : IDisposable
{
    private readonly Taken _e1000;
    private readonly Taken _rtl8139;

    public BridgedPair()
    {
        _e1000 = new Taken(TestDevice.BridgedE1000());
        try
        {
            _rtl8139 = new Taken(TestDevice.BridgedRtl8139());
        }
        catch
        {
            _e1000.Dispose();
            throw;
        }
    }

    public VfioDevice E1000 => _e1000.Device;

    public VfioDevice Rtl8139 => _rtl8139.Device;

    public void Dispose()
    {
        _rtl8139.Dispose();
        _e1000.Dispose();
    }
}
