namespace EduDriver;

/// <summary>Where the registers are in BAR 0, in bytes.</summary>
internal static class EduRegister
{
    public const long Identification = 0x00;
    public const long Factorial = 0x08;
    public const long Status = 0x20;
    public const long InterruptStatus = 0x24;
    public const long InterruptAcknowledge = 0x64;
    public const long DmaSource = 0x80;
    public const long DmaDestination = 0x88;
    public const long DmaCount = 0x90;
    public const long DmaCommand = 0x98;
}
