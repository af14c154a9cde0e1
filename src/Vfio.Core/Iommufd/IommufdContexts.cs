using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// The iommufd contexts of this process: one for each way of accounting, so that devices move, and mappings are copied, between any
/// two address spaces that count alike.
/// </summary>
internal sealed class IommufdContexts(VfioHost host)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<MemoryAccounting, IommufdHandle> _open = [];
    private readonly ConditionalWeakTable<SafeHandle, IommufdHandle> _passed = [];

    /// <summary>Gives a counted reference on the context, opening it where nobody uses it.</summary>
    public IommufdHandle Acquire(MemoryAccounting accounting)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(accounting, out IommufdHandle? open) && open.TryAddReference())
            {
                return open;
            }

            IommufdHandle opened = IommufdHandle.Open(host, passed: null);
            try
            {
                Account(opened, accounting);
                _ = opened.TryAddReference();
                _open[accounting] = opened;
                return opened;
            }
            finally
            {
                // From here on only the references count: the last one that is given back closes the context.
                opened.Dispose();
            }
        }
    }

    /// <summary>Gives a counted reference on the context that somebody passed in: one for each handle, however often it is passed.</summary>
    public IommufdHandle Acquire(SafeHandle passed, MemoryAccounting accounting)
    {
        lock (_gate)
        {
            if (_passed.TryGetValue(passed, out IommufdHandle? open) && open.TryAddReference())
            {
                return open;
            }

            IommufdHandle opened = IommufdHandle.Open(host, passed);
            try
            {
                Account(opened, accounting);
                _ = opened.TryAddReference();
                _passed.AddOrUpdate(passed, opened);
                return opened;
            }
            finally
            {
                opened.Dispose();
            }
        }
    }

    /// <summary>Tells a context that has no objects yet how it counts.</summary>
    private static void Account(IommufdHandle iommufd, MemoryAccounting accounting)
    {
        if (accounting != MemoryAccounting.Default)
        {
            iommufd.SetOption(
                iommufd_option.IOMMU_OPTION_RLIMIT_MODE, 0, accounting == MemoryAccounting.Process ? 1UL : 0UL);
        }
    }
}
