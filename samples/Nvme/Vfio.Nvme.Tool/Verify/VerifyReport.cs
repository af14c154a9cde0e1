namespace Vfio.Nvme.Tool.Verify;

/// <summary>What <c>nvme-vfio verify --json</c> prints.</summary>
internal sealed record VerifyReport(
    string Device, uint Namespace, ulong Block, ulong Blocks, int BlockSize, ulong Bytes, string Wait, int Queues, int Depth, ulong Seed, bool Written, bool Ok, string[] Problems);
