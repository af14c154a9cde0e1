namespace Vfio.Nvme;

/// <summary>The admin commands that the driver uses (NVM Express 1.4, figure 139).</summary>
internal enum AdminOpcode : byte
{
    DeleteSubmissionQueue = 0x00,
    CreateSubmissionQueue = 0x01,
    GetLogPage = 0x02,
    DeleteCompletionQueue = 0x04,
    CreateCompletionQueue = 0x05,
    Identify = 0x06,
    Abort = 0x08,
    SetFeatures = 0x09,
    GetFeatures = 0x0a,
    AsynchronousEventRequest = 0x0c,
    DoorbellBufferConfig = 0x7c,
    FormatNvm = 0x80,
}
