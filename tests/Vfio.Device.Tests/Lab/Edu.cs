using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>The registers of QEMU's edu device, as far as the tests use them.</summary>
internal sealed class Edu : IDisposable
{
    public const int WindowLength = 4096;
    public const int AddressBits = 28;

    private const long InterruptStatus = 0x24;
    private const long InterruptRaise = 0x60;
    private const long InterruptAcknowledge = 0x64;
    private const long DmaSource = 0x80;
    private const long DmaDestination = 0x88;
    private const long DmaCount = 0x90;
    private const long DmaCommand = 0x98;
    private const ulong Window = 0x4_0000;

    public Edu(VfioDevice device)
    {
        device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        Registers = device.Regions.Bar(0).Map();
    }

    public static DmaBufferOptions BufferOptions { get; } = new() { AddressBits = AddressBits };

    public MappedRegion Registers { get; }

    /// <summary>Moves a page from memory into the device's window, and waits for the end.</summary>
    public void Load(Iova source, int length = WindowLength) => Move(source, Window, length, 1);

    /// <summary>Moves a page from the device's window to memory, and waits for the end.</summary>
    public void Store(Iova destination, int length = WindowLength) => Move(Window, destination, length, 3);

    public void Raise(uint value = 1) => Registers.Write32(InterruptRaise, value);

    public void Acknowledge() => Registers.Write32(InterruptAcknowledge, Registers.Read32(InterruptStatus));

    public void Dispose() => Registers.Dispose();

    /// <summary>
    /// Waits for the end of a move, be it one that another program had begun: edu has no reset, and takes nothing new before. Of another program's, nothing is to
    /// be mapped yet for it to hit.
    /// </summary>
    public void AwaitIdle()
    {
        while ((Registers.Read64(DmaCommand) & 1) != 0)
        {
            Thread.Sleep(1);
        }
    }

    private void Move(ulong from, ulong to, int length, ulong command)
    {
        Registers.Write64(DmaSource, from);
        Registers.Write64(DmaDestination, to);
        Registers.Write64(DmaCount, (ulong)length);
        Registers.Write64(DmaCommand, command);
        AwaitIdle();
    }
}
