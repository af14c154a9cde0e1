namespace Vfio.Tool.Demo;

/// <summary>The registers of QEMU's edu device, as its specification lists them (docs/specs/edu).</summary>
internal static class EduRegisters
{
    public const ushort Vendor = 0x1234;
    public const ushort Device = 0x11e8;

    public const long Identification = 0x00;
    public const long Liveness = 0x04;
    public const long InterruptStatus = 0x24;
    public const long InterruptRaise = 0x60;
    public const long InterruptAcknowledge = 0x64;
    public const long DmaSource = 0x80;
    public const long DmaDestination = 0x88;
    public const long DmaCount = 0x90;
    public const long DmaCommand = 0x98;

    /// <summary>Starts a transfer; reads as one until it is done.</summary>
    public const ulong DmaStart = 1;

    /// <summary>From the device to memory; otherwise the other way.</summary>
    public const ulong DmaToMemory = 2;

    /// <summary>Interrupt when the transfer is done.</summary>
    public const ulong DmaInterrupt = 4;

    /// <summary>The device's own memory, as its DMA engine addresses it.</summary>
    public const ulong DmaWindow = 0x4_0000;

    /// <summary>The length of the device's own memory.</summary>
    public const int DmaWindowLength = 4096;

    /// <summary>How many address bits the device drives.</summary>
    public const int AddressBits = 28;

    /// <summary>The low bytes of the identification register; the upper two are the version.</summary>
    public const uint IdentificationMagic = 0xed;
}
