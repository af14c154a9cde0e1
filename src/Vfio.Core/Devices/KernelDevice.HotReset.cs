namespace Vfio.Core;

/// <content>Resets that hit all that shares the device's bus or slot.</content>
internal sealed unsafe partial class KernelDevice : IHotResetTransport
{
    public IReadOnlyList<HotResetMember>? GetHotResetMembers()
    {
        using DescriptorLease device = Lease();
        return HotResetInfoReader.Read(_kernel, device.Fd, Name);
    }
}
