namespace Vfio.Nvme;

/// <summary>The commands of the NVM command set that the driver uses (NVM Express 1.4, figure 346).</summary>
internal enum NvmOpcode : byte
{
    Flush = 0x00,
    Write = 0x01,
    Read = 0x02,
    Compare = 0x05,
    WriteZeroes = 0x08,
    DatasetManagement = 0x09,
}
