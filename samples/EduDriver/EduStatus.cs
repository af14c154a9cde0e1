namespace EduDriver;

/// <summary>The bits of the status register.</summary>
[Flags]
internal enum EduStatus : uint
{
    None = 0,
    Computing = 0x01,
    InterruptWhenComputed = 0x80,
}
