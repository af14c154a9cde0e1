namespace EduDriver;

/// <summary>The bits of the DMA engine's command register.</summary>
[Flags]
internal enum EduDma : ulong
{
    None = 0,
    Start = 0x1,
    ToMemory = 0x2,
    InterruptWhenMoved = 0x4,
}
