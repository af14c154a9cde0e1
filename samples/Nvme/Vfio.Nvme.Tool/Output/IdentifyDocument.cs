using System.Globalization;

namespace Vfio.Nvme.Tool.Output;

/// <summary>What <c>nvme-vfio identify --json</c> prints.</summary>
internal sealed record IdentifyDocument(
    string Device,
    string Model,
    string Serial,
    string Firmware,
    string Version,
    long MaxTransferBytes,
    int MaxQueues,
    int MaxQueueEntries,
    bool VolatileWriteCache,
    bool ShadowDoorbells,
    bool ScatterGatherLists,
    bool FormatsAllNamespaces,
    string[] AdminCommands,
    string[] NvmCommands,
    NamespaceEntry[] Namespaces,
    HealthEntry Health)
{
    public static IdentifyDocument From(NvmeController controller)
    {
        IdentifyController identity = controller.Identity;
        return new IdentifyDocument(
            controller.Name,
            identity.ModelNumber,
            identity.SerialNumber,
            identity.FirmwareRevision,
            string.Create(CultureInfo.InvariantCulture, $"{identity.Version >> 16}.{(identity.Version >> 8) & 0xff}"),
            controller.MaxTransfer,
            controller.MaxQueues,
            controller.Capabilities.MaxQueueEntries,
            identity.HasVolatileWriteCache,
            identity.AdminCommands.HasFlag(AdminCommandSupport.DoorbellBufferConfig),
            identity.SupportsSgl,
            identity.FormatsAllNamespaces,
            Names(identity.AdminCommands),
            Names(identity.NvmCommands),
            [.. controller.Namespaces.Select(NamespaceEntry.From)],
            HealthEntry.From(controller.ReadSmartLog()));
    }

    private static string[] Names<T>(T flags)
        where T : struct, Enum
        => [.. Enum.GetValues<T>().Where(flag => Convert.ToInt32(flag, CultureInfo.InvariantCulture) != 0 && flags.HasFlag(flag)).Select(static flag => flag.ToString())];
}
