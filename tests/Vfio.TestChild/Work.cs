using System.Diagnostics;
using System.Net.Sockets;
using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.TestChild;

/// <summary>What the parent wants done with QEMU's edu device.</summary>
internal static class Work
{
    private const uint Identification = 0x010000ed;
    private const ulong FirstIova = 0x10_0000;
    private const int BufferLength = 64 * 1024;
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    /// <summary>Moves memory to the device and back, at addresses of its own choice, until the parent kills this process.</summary>
    public static void UntilKilled(string name)
    {
        Tell("ready");
        AwaitGo();
        using VfioDevice device = VfioDevice.Open(name);
        using var edu = new Edu(device);
        edu.AwaitIdle();
        using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        using DmaBuffer buffer = device.Dma.Allocate(BufferLength, Edu.BufferOptions with { Iova = new Iova(FirstIova) });
        for (ulong round = 0; ; round++)
        {
            var page = new Iova(buffer.Iova + (round * Edu.WindowLength % BufferLength));
            edu.Load(page);
            if (round == 1)
            {
                Tell("moving");
            }

            edu.Store(page);
        }
    }

    public static void WithDeviceFromSocket(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        using SharedDevice shared = SharedDevice.Receive(socket);
        Use(shared);
    }

    public static void WithInheritedDevice(string text)
    {
        using SharedDevice shared = SharedDevice.Inherit(text);
        Use(shared);
    }

    /// <summary>Opens what was passed, and then, when the parent has let go of its own, uses all of it.</summary>
    private static void Use(SharedDevice shared)
    {
        using VfioDevice device = shared.Open();
        shared.Dispose();
        Tell($"opened {device.Name}");
        AwaitGo();
        using var edu = new Edu(device);
        Require(edu.Registers.Read32(0) == Identification, "the register of the device's identity");
        using (InterruptSet msi = device.Interrupts.Msi.Enable(1))
        {
            edu.Raise();
            Require(msi[0].TryWait(_limit, out ulong count) && count == 1, "one interrupt");
            edu.Acknowledge();
        }

        using DmaBuffer buffer = device.Dma.Allocate(2 * Edu.WindowLength, Edu.BufferOptions);
        buffer.Write32(0, 0x7ea5_e77e);
        edu.Load(buffer.Iova);
        edu.Store(new Iova(buffer.Iova + Edu.WindowLength));
        Require(buffer.Read32(Edu.WindowLength) == 0x7ea5_e77e, "the bytes that went to the device and back");
        Tell($"did DMA by {VfioBackendName.Of(device.Backend)}");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new UnreachableException($"It is not what it should be: {what}.");
        }
    }

    private static void Tell(string what)
    {
        Console.Out.WriteLine(what);
        Console.Out.Flush();
    }

    private static void AwaitGo()
    {
        if (Console.In.ReadLine() is null)
        {
            Environment.Exit(1);
        }
    }
}
