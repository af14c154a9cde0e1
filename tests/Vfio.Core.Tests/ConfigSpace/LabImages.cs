namespace Vfio.Core.Tests;

/// <summary>What the lab's devices have in their configuration space, as far as it is not zero. Read there from sysfs by root.</summary>
internal static class LabImages
{
    /// <summary>QEMU's NVMe controller, in the root complex.</summary>
    public static ConfigBytes Nvme() => new ConfigBytes()
        .At(0x00, "36 1b 10 00 03 01 10 00 02 02 08 01 00 00 00 00")
        .At(0x10, "04 00 00 00 c0 00 00 00 00 00 00 00 00 00 00 00")
        .At(0x20, "00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11")
        .At(0x30, "00 00 00 00 40 00 00 00 00 00 00 00 0a 01 00 00")
        .At(0x40, "11 80 40 00 00 20 00 00 00 30 00 00")
        .At(0x60, "01 00 03 00 08 00 00 00")
        .At(0x80, "10 60 92 00 20 80 00 10 00 00 00 00 11 04 00 00 00 00 11 00")
        .At(0xa0, "00 00 00 00 00 00 30 00");

    /// <summary>The physical function of an igb network card, with two virtual functions.</summary>
    public static ConfigBytes IgbPhysical() => new ConfigBytes()
        .At(0x00, "86 80 c9 10 03 01 10 00 01 00 00 02 00 00 00 00")
        .At(0x10, "00 00 80 fe 00 00 82 fe 01 d0 00 00 04 00 84 fe")
        .At(0x20, "00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11")
        .At(0x30, "00 00 00 00 40 00 00 00 00 00 00 00 0b 01 00 00")
        .At(0x40, "01 50 22 00 00 00 00 00")
        .At(0x50, "05 70 80 01")
        .At(0x70, "11 a0 09 00 03 00 00 00 03 20 00 00")
        .At(0xa0, "10 00 02 00 20 80 00 10 00 00 00 00 11 04 00 00 00 00 11 00")
        .At(0xc0, "00 00 00 00 00 00 30 00")
        .At(0x100, "01 00 01 15 00 00 00 00 00 00 40 02 30 20 46 00")
        .At(0x110, "00 00 00 00 00 e0 00 00 a0 00 00 00")
        .At(0x150, "0e 00 01 16 00 00 00 00")
        .At(0x160, "10 00 01 00 00 00 00 00 19 00 00 00 08 00 08 00")
        .At(0x170, "02 00 00 00 80 00 02 00 00 00 ca 10 53 05 00 00")
        .At(0x180, "01 00 00 00 0c 00 00 60 c0 00 00 00 00 00 00 00")
        .At(0x190, "0c 00 02 60 c0 00 00 00");

    /// <summary>A virtual function of it: its ids read as ones, and its BARs as zeros.</summary>
    public static ConfigBytes IgbVirtual() => new ConfigBytes()
        .At(0x00, "ff ff ff ff 00 00 10 00 01 00 00 02 00 00 00 00")
        .At(0x20, "00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11")
        .At(0x30, "00 00 00 00 a0 00 00 00")
        .At(0x70, "11 00 02 00 03 00 00 00 03 20 00 00")
        .At(0xa0, "10 70 02 00 20 80 00 10 00 00 00 00 11 04 00 00 00 00 11 00")
        .At(0xc0, "00 00 00 00 00 00 30 00")
        .At(0x100, "01 00 01 15 00 00 00 00 00 00 40 02 30 20 46 00")
        .At(0x110, "00 00 00 00 00 e0 00 00 a0 00 00 00")
        .At(0x150, "0e 00 01 00");

    /// <summary>QEMU's teaching device: conventional, with MSI.</summary>
    public static ConfigBytes Edu() => new ConfigBytes(256)
        .At(0x00, "34 12 e8 11 03 01 10 00 10 00 ff 00 00 00 00 00")
        .At(0x10, "00 00 a0 fe 00 00 00 00")
        .At(0x20, "00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11")
        .At(0x30, "00 00 00 00 40 00 00 00 00 00 00 00 0b 01 00 00")
        .At(0x40, "05 00 80 00");

    /// <summary>An e1000 network card: conventional, without a capability, with an expansion ROM.</summary>
    public static ConfigBytes E1000() => new ConfigBytes(256)
        .At(0x00, "86 80 0e 10 03 01 00 00 03 00 00 02 00 00 00 00")
        .At(0x10, "00 00 48 fe 01 c1 00 00")
        .At(0x20, "00 00 00 00 00 00 00 00 00 00 00 00 f4 1a 00 11")
        .At(0x30, "00 00 40 fe 00 00 00 00 00 00 00 00 0a 01 00 00");

    /// <summary>QEMU's root port, with the network card behind it.</summary>
    public static ConfigBytes RootPort() => new ConfigBytes()
        .At(0x00, "36 1b 0c 00 07 05 10 00 00 00 04 06 00 00 01 00")
        .At(0x10, "00 10 b0 fe 00 00 00 00 00 01 01 00 d0 d0 00 00")
        .At(0x20, "80 fe 90 fe 01 60 f1 7f c0 00 00 00 c0 00 00 00")
        .At(0x30, "00 00 00 00 54 00 00 00 00 00 00 00 0b 01 02 00")
        .At(0x40, "0d 00 00 00 36 1b 00 00 11 40 00 80 00 00 00 00")
        .At(0x50, "00 08 00 00 10 48 42 01 20 80 00 00 00 00 00 00")
        .At(0x60, "04 06 30 00 00 00 11 00 7b 00 0a 00 c0 03 00 00")
        .At(0x70, "00 00 00 00 00 00 00 00 20 00 30 00 20 00 00 00")
        .At(0x80, "1e 00 00 00 04 00 00 00")
        .At(0x100, "01 00 82 14 00 00 00 00 00 00 40 02 30 20 46 00")
        .At(0x110, "00 00 00 00 00 e0 00 00 a0 02 00 00")
        .At(0x148, "0d 00 01 00 5f 00 1d 00");
}
