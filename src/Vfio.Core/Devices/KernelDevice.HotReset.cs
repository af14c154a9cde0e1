using Vfio.Native;

namespace Vfio.Core;

/// <content>Resets that hit all that shares the device's bus or slot.</content>
internal sealed unsafe partial class KernelDevice : IHotResetTransport
{
    public IReadOnlyList<HotResetMember>? GetHotResetMembers()
    {
        using DescriptorLease device = Lease();
        return HotResetInfoReader.Read(_kernel, device.Fd, Name);
    }

    public int HotReset(IReadOnlyList<IOpenGroup> groups, TimeSpan busyTimeout)
    {
        using DescriptorLease device = Lease();
        int fd = device.Fd;
        byte[] buffer = new byte[vfio_pci_hot_reset.SizeOf(groups.Count)];
        fixed (byte* bytes = buffer)
        {
            var reset = (vfio_pci_hot_reset*)bytes;
            reset->argsz = (uint)buffer.Length;
            reset->count = (uint)groups.Count;
            Span<int> descriptors = vfio_pci_hot_reset.group_fds(reset, groups.Count);
            for (int i = 0; i < descriptors.Length; i++)
            {
                // Not leased: the caller holds a reference on each, which keeps its descriptor open.
                descriptors[i] = (int)((GroupHandle)groups[i]).DangerousGetHandle();
            }

            nint argument = (nint)reset;
            int result = LockRetry.Run(() => _kernel.HotReset(fd, (vfio_pci_hot_reset*)argument), busyTimeout, () => _disposed);
            if (result < 0)
            {
                ThrowIfEnded();
            }

            return -result;
        }
    }
}
