namespace Vfio.Device.Tests.Soak;

/// <summary>What a thread does next.</summary>
internal enum SoakCommand
{
    MapStreaming,
    MapChosen,
    MapChosenRefused,
    MapObject,
    AllocateBuffer,
    Unmap,
    UnmapTwice,
    DisposeTwice,
    FindIova,
    FindAddress,
    Copy,
    Rent,
    RentRefused,
    Return,
    ReturnTwice,
    FindBlock,
}
