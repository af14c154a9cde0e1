using Vfio.Core;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>What is measured of a device.</summary>
internal static class MmioOperations
{
    private const string Mapped = "mapped";
    private const string Call = "call";
    private const string Copy = "copy";
    private const string Config = "config";

    /// <summary>All operations, in the order of the results.</summary>
    public static IReadOnlyList<MmioOperation> Of(VfioDevice device, MmioTarget target, MappedRegion mapped, bool writes)
    {
        var loads = new MappedReads(mapped, target.Offset);
        var calls = new CalledReads(target.Region, target.Offset);

        // The vendor's id, which nothing happens by.
        var config = new CalledReads(device.Regions.Config, 0);
        List<MmioOperation> operations =
        [
            Single(target, Mapped, "read8", sizeof(byte), loads.Read8),
            Single(target, Mapped, "read16", sizeof(ushort), loads.Read16),
            Single(target, Mapped, "read32", sizeof(uint), loads.Read32),
            Single(target, Mapped, "read64", sizeof(ulong), loads.Read64),
        ];
        if (writes)
        {
            var stores = new MappedWrites(mapped, target.Offset);
            operations.AddRange(
            [
                Single(target, Mapped, "write8", sizeof(byte), stores.Write8),
                Single(target, Mapped, "write16", sizeof(ushort), stores.Write16),
                Single(target, Mapped, "write32", sizeof(uint), stores.Write32),
                Single(target, Mapped, "write64", sizeof(ulong), stores.Write64),
            ]);
        }

        operations.AddRange(
        [
            Single(target, Call, "read8", sizeof(byte), calls.Read8),
            Single(target, Call, "read16", sizeof(ushort), calls.Read16),
            Single(target, Call, "read32", sizeof(uint), calls.Read32),
            Single(target, Call, "read64", sizeof(ulong), calls.Read64),
            new MmioOperation(Config, "read8", sizeof(byte), config.Read8),
            new MmioOperation(Config, "read16", sizeof(ushort), config.Read16),
            new MmioOperation(Config, "read32", sizeof(uint), config.Read32),
        ]);
        AddCopies(operations, target, mapped, writes);
        return operations;
    }

    private static void AddCopies(List<MmioOperation> operations, MmioTarget target, MappedRegion mapped, bool writes)
    {
        Copies? copies = target.Copy > 0 ? new Copies(mapped, target.Region, target.Offset, target.Copy, writes) : null;
        operations.AddRange(
        [
            new MmioOperation(Copy, "read32", target.Copy, copies is null ? null : copies.Read32, target.WhyNoCopy),
            new MmioOperation(Copy, "read64", target.Copy, copies is null ? null : copies.Read64, target.WhyNoCopy),
            new MmioOperation(Copy, "read-call", target.Copy, copies is null ? null : copies.ReadByCall, target.WhyNoCopy),
        ]);
        if (writes)
        {
            operations.AddRange(
            [
                new MmioOperation(Copy, "write32", target.Copy, copies is null ? null : copies.Write32, target.WhyNoCopy),
                new MmioOperation(Copy, "write64", target.Copy, copies is null ? null : copies.Write64, target.WhyNoCopy),
            ]);
        }
    }

    private static MmioOperation Single(MmioTarget target, string access, string name, int bytes, Action<int> run)
    {
        string? reason = target.Offset % bytes != 0 ? $"offset 0x{target.Offset:x} is not a multiple of {bytes}"
            : target.Room < bytes ? "what can be mapped ends before"
            : null;
        return new MmioOperation(access, name, bytes, reason is null ? run : null, reason);
    }
}
