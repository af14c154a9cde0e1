namespace EduDriver;

/// <summary>Why the device interrupts: the bits of the interrupt status register, and of the one that acknowledges.</summary>
[Flags]
internal enum EduInterrupt : uint
{
    None = 0,
    Computed = 0x001,
    Moved = 0x100,
}
