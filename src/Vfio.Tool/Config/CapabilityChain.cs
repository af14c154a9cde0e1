using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>The capabilities of one kind in the output of <c>vfio config --json</c>.</summary>
/// <param name="State">complete where all were seen; unknown where the bytes end before the chain does; else what is wrong with it.</param>
/// <param name="Problem">What is not known or wrong, and where, or null.</param>
/// <param name="List">Those that were seen.</param>
internal sealed record CapabilityChain(string State, string? Problem, IReadOnlyList<CapabilityEntry> List)
{
    private const string Decoded = "decoded";
    private const string Named = "named";

    public static CapabilityChain Standard(PciConfigImage image)
    {
        List<CapabilityEntry> list = [];
        foreach (PciCapability it in image.Capabilities)
        {
            list.Add(Entry(image, CapabilityFields.Decoders, it.Id, it.Name, it.Offset, version: null));
        }

        return Of(image.Capabilities.End, list);
    }

    public static CapabilityChain Extended(PciConfigImage image)
    {
        List<CapabilityEntry> list = [];
        foreach (PciExtendedCapability it in image.ExtendedCapabilities)
        {
            list.Add(Entry(image, ExtendedCapabilityFields.Decoders, it.Id, it.Name, it.Offset, it.Version));
        }

        return Of(image.ExtendedCapabilities.End, list);
    }

    private static CapabilityChain Of(PciChainEnd end, List<CapabilityEntry> list) => new(Words.Camel(end.State.ToString()), end.Problem, list);

    private static CapabilityEntry Entry(
        PciConfigImage image, IReadOnlyDictionary<ushort, CapabilityDecoder> decoders, ushort id, string? name, int offset, int? version)
    {
        (string state, FieldSet? fields) = (Named, null);
        if (decoders.TryGetValue(id, out CapabilityDecoder? decoder))
        {
            (PciPresence presence, fields) = decoder.Decode(image, offset);
            state = presence == PciPresence.Present ? Decoded : Words.Camel(presence.ToString());
        }

        return new CapabilityEntry
        {
            Id = id,
            Name = name,
            Offset = offset,
            Version = version,
            State = state,
            Registers = fields?.ToJson(),
            Fields = fields,
        };
    }
}
