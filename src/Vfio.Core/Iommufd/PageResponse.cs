namespace Vfio.Core;

/// <summary>What a device is told of its page faults (<c>enum iommufd_page_response_code</c>).</summary>
public enum PageResponse
{
    /// <summary>The memory is mapped now: the device tries again.</summary>
    Success = 0,

    /// <summary>It will not be: the device gives the access up.</summary>
    Invalid = 1,
}
