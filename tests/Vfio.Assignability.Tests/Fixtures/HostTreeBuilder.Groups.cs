using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <content>IOMMU groups and their nodes.</content>
internal sealed partial class HostTreeBuilder
{
    private const string Groups = "/sys/kernel/iommu_groups";
    private const string MsiWindow = "0x00000000fee00000 0x00000000feefffff msi";

    // Numbers the groups of those that said nothing of it, and VFIO's names for those on its drivers.
    private void WriteGroups(TreeFolder tree)
    {
        Number();
        tree.Folder(Groups);
        foreach (IGrouping<int, FunctionBuilder> group in _functions.Where(static function => function.HasGroup).GroupBy(static function => function.GroupNumber!.Value))
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"{Groups}/{group.Key}");
            bool isNoIommu = group.Any(static member => member.IsNoIommu);
            tree.Text($"{folder}/type", isNoIommu ? "unknown" : "DMA-FQ");
            string[] regions = [.. group.SelectMany(static member => member.ReservedLines), .. isNoIommu ? [] : new[] { MsiWindow }];
            tree.Text($"{folder}/reserved_regions", string.Join('\n', regions));
            if (isNoIommu)
            {
                tree.Text($"{folder}/name", "vfio-noiommu");
            }

            foreach (FunctionBuilder member in group)
            {
                tree.LinkTo($"{folder}/devices/{member.Address}", member.Folder);
            }

            if (group.Any(static member => member.IsOnVfio))
            {
                tree.Text(string.Create(CultureInfo.InvariantCulture, $"/dev/vfio/{(isNoIommu ? "noiommu-" : string.Empty)}{group.Key}"), string.Empty);
            }
        }
    }

    private void Number()
    {
        var taken = _functions.Select(static function => function.GroupNumber).OfType<int>().ToHashSet();
        int next = 0;
        int device = 0;
        foreach (FunctionBuilder function in _functions)
        {
            if (function.HasGroup && function.GroupNumber is null)
            {
                while (!taken.Add(next))
                {
                    next++;
                }

                function.GroupNumber = next;
            }

            if (function.IsOnVfio)
            {
                function.VfioNumber = device++;
            }
        }
    }
}
