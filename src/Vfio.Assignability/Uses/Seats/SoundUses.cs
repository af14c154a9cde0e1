using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Finds sound cards on a function.</summary>
internal static class SoundUses
{
    public static IEnumerable<FunctionUse> Find(HostTree tree, FunctionDevices devices)
    {
        List<ClassDevice> cards = [.. devices.InClass("sound").Where(static device => device.Name.StartsWith("card", StringComparison.Ordinal))];
        if (cards.Count == 0)
        {
            yield break;
        }

        List<HostFact<string>> ids = [.. cards.Select(card => tree.ReadText($"{card.Folder}/id"))];
        string names = string.Join(" and ", cards.Zip(ids, static (card, id) => id.Value is { Length: > 0 } name ? $"{card.Name} ({PlainText.Of(name)})" : card.Name));
        yield return new FunctionUse(
            UseKind.Sound, false, cards.Count == 1 ? $"the sound card {names} is on it" : $"the sound cards {names} are on it", null, [.. ids.Zip(cards, static (id, card) => id.IsKnown ? Evidence.Of(id) : new Evidence(card.Folder, null))]);
    }
}
