using Vfio.Native;
using static Vfio.Native.IommufdUapi;

namespace Vfio.Core;

/// <summary>Reads what the kernel tells of the IOMMU in front of a device.</summary>
internal static unsafe class HardwareInfoReader
{
    // Far more than any structure of linux/iommufd.h has.
    private const int MaxData = 4096;

    /// <param name="kernel">The kernel.</param>
    /// <param name="iommufd">The context that the device is bound to.</param>
    /// <param name="device">The number of the device in it.</param>
    /// <param name="name">The device, for messages.</param>
    public static IommuHardwareInfo Read(IVfioKernel kernel, KernelHandle iommufd, uint device, string name)
    {
        using DescriptorLease context = iommufd.Lease();
        byte[] data = new byte[MaxData];
        fixed (byte* first = data)
        {
            var info = new iommu_hw_info
            {
                size = (uint)sizeof(iommu_hw_info),
                dev_id = device,
                data_len = MaxData,
                data_uptr = (ulong)first,
            };
            int result = kernel.GetHardwareInfo(context.Fd, &info);
            if (result < 0)
            {
                throw IommufdErrors.Query(name, nameof(IOMMU_GET_HW_INFO), "what the IOMMU in front of the device can do", -result);
            }

            return new IommuHardwareInfo
            {
                Type = info.out_data_type,
                Data = data.AsMemory(0, (int)Math.Min(info.data_len, MaxData)),
                CanTrackDirtyPages = (info.out_capabilities & (ulong)iommufd_hw_capabilities.IOMMU_HW_CAP_DIRTY_TRACKING) != 0,
                PasidBits = info.out_max_pasid_log2,
                Capabilities = info.out_capabilities,
            };
        }
    }
}
