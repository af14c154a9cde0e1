using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>A program that is killed while its device does DMA: the kernel ends all, and the next one has the device.</summary>
public sealed class KilledProcessTests
{
    // One process is starting while another one is killed: the start of the runtime is most of the time that this takes.
    private const int Ahead = 2;
    private const ulong Iova = 0x10_0000;

    [Fact]
    public void The_next_open_works_and_nothing_of_the_host_is_lost()
    {
        Mode.RequireIommu();

        // Each back end ends in its own way, and the best one has the most to end.
        int rounds = Mode.IsIommufd ? 50 : 5;
        using DriverBinding binding = DriverBinding.Bind(TestDevice.Edu());
        Check(binding.Address);

        // The runtime opens files of its own for the first process that it starts.
        using (ChildProcess first = ChildProcess.Start("dma", binding.Address.ToString()))
        {
            first.Expect("ready");
        }

        var before = HostUse.Read();
        var starting = new Queue<ChildProcess>();
        try
        {
            for (int round = 0; round < rounds; round++)
            {
                while (starting.Count < Math.Min(Ahead, rounds - round))
                {
                    starting.Enqueue(ChildProcess.Start("dma", binding.Address.ToString()));
                }

                using (ChildProcess child = starting.Dequeue())
                {
                    child.Expect("ready");
                    child.Go();
                    child.Expect("moving");
                    child.Kill();
                }

                Check(binding.Address);
                if ((round + 1) % 10 == 0)
                {
                    Console.Error.WriteLine($"killed: {round + 1} of {rounds} programs");
                }
            }
        }
        finally
        {
            foreach (ChildProcess child in starting)
            {
                child.Dispose();
            }
        }

        string growth = HostUse.Growth(before, rounds);
        Assert.True(growth.Length == 0, growth);
    }

    /// <summary>Opens the device as if nothing had been, and has it move memory at the very addresses that the dead had mapped.</summary>
    private static void Check(PciAddress address)
    {
        using VfioDevice device = Mode.Open(address);
        Assert.False(device.Config.Command.HasFlag(PciCommand.BusMaster));
        using var edu = new Edu(device);
        edu.AwaitIdle();
        using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        edu.Raise();
        Assert.Equal(1ul, msi[0].Wait(TimeSpan.FromSeconds(60)));
        edu.Acknowledge();
        using DmaBuffer buffer = device.Dma.Allocate(64 * 1024, Edu.BufferOptions with { Iova = new Iova(Iova) });
        buffer.Write32(0, 0x7ea5_e77e);
        edu.Load(buffer.Iova);
        edu.Store(new Iova(buffer.Iova + Edu.WindowLength));
        Assert.Equal(0x7ea5_e77eu, buffer.Read32(Edu.WindowLength));
    }
}
