using System.Globalization;

namespace Vfio.Device.Tests.Lab;

/// <summary>What the whole host has in use of what dead programs could have left: pinned pages, page tables of the IOMMU, open files.</summary>
internal sealed class HostUse
{
    private const string Refresh = "/proc/sys/vm/stat_refresh";

    private readonly Dictionary<string, long> _amounts;

    private HostUse(Dictionary<string, long> amounts) => _amounts = amounts;

    /// <summary>What is in use now, when everything that this process has forgotten has been given back.</summary>
    public static HostUse Read()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();

        // Each processor counts for itself, and adds that up only now and then.
        if (File.Exists(Refresh))
        {
            File.WriteAllText(Refresh, "1");
        }

        var amounts = new Dictionary<string, long>(StringComparer.Ordinal);
        Dictionary<string, long> counters = File.ReadLines("/proc/vmstat").Select(static line => line.Split(' '))
            .ToDictionary(static words => words[0], static words => long.Parse(words[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        if (counters.TryGetValue("nr_foll_pin_acquired", out long acquired) && counters.TryGetValue("nr_foll_pin_released", out long released))
        {
            amounts["pinned pages"] = acquired - released;
        }

        if (counters.TryGetValue("nr_iommu_pages", out long tables))
        {
            amounts["pages of the IOMMU"] = tables;
        }

        // Allocated, free, most.
        amounts["open files"] = long.Parse(File.ReadAllText("/proc/sys/fs/file-nr").Split('\t')[0], CultureInfo.InvariantCulture);
        return new HostUse(amounts);
    }

    /// <summary>
    /// What grew with the rounds, after waiting for that to go. The kernel gives things back when it comes to it, and other programs have files
    /// too: what was lost in each round is at least as much as there were rounds.
    /// </summary>
    public static string Growth(HostUse before, int rounds)
    {
        string growth = string.Empty;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            growth = string.Join(", ", Read()._amounts
                .Where(it => it.Value - before._amounts[it.Key] >= rounds)
                .Select(it => string.Create(CultureInfo.InvariantCulture, $"{it.Key}: {before._amounts[it.Key]} before, {it.Value} now")));
            if (growth.Length == 0)
            {
                break;
            }

            Thread.Sleep(100);
        }

        return growth;
    }
}
