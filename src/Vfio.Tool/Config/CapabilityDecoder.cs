using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>Decodes a kind of capability.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Decode">Reads it at an offset: its fields, or why there are none.</param>
internal sealed record CapabilityDecoder(ushort Id, Func<PciConfigImage, int, (PciPresence Presence, FieldSet? Fields)> Decode)
{
    public static CapabilityDecoder For<T>(Func<T, FieldSet> describe)
        where T : struct, IPciCapability<T>
        => For<T>((capability, _, _) => describe(capability));

    public static CapabilityDecoder For<T>(Func<T, PciConfigImage, int, FieldSet> describe)
        where T : struct, IPciCapability<T>
        => new(T.Id, (image, offset) =>
        {
            PciPresence presence = image.Read(offset, out T capability);
            return (presence, presence == PciPresence.Present ? describe(capability, image, offset) : null);
        });
}
