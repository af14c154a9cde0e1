namespace Vfio.Device.Tests.EndOfLife;

public enum RemovalWay
{
    /// <summary>Its driver is unbound.</summary>
    Unbind,

    /// <summary>It is taken off the bus.</summary>
    Remove,
}
