using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;
using Driver = EduDriver.Edu;
using Move = EduDriver.EduDma;
using Reason = EduDriver.EduInterrupt;
using Register = EduDriver.EduRegister;

namespace Vfio.Device.Tests.Devices;

/// <summary>The driver of the tutorial, where a call ends before the device has.</summary>
public sealed class EduDriverTests : IDisposable
{
    private const ulong Window = 0x4_0000;

    // Takes edu a second or more. Its factorial is 0 modulo 2^32.
    private const uint Long = 1_000_000_000;

    private readonly Taken _taken;

    public EduDriverTests()
    {
        Mode.RequireIommu();
        _taken = new Taken(TestDevice.Edu());
    }

    public void Dispose() => _taken.Dispose();

    [Fact]
    public async Task A_write_after_a_cancelled_read_writes_its_own_data()
    {
        using Driver driver = Driver.Start(_taken.Device);
        byte[] old = Page(0x11);
        byte[] fresh = Page(0x22);
        byte[] back = new byte[Driver.Capacity];
        await driver.WriteAsync(old, CancellationToken.None);

        await CancelAsync(token => driver.ReadAsync(new byte[Driver.Capacity], token));
        await driver.WriteAsync(fresh, CancellationToken.None);
        await driver.ReadAsync(back, CancellationToken.None);

        Assert.Equal(fresh, back);
    }

    [Fact]
    public async Task A_read_after_a_cancelled_write_reads_what_was_written()
    {
        using Driver driver = Driver.Start(_taken.Device);
        byte[] written = Page(0x33);
        byte[] back = new byte[Driver.Capacity];

        await CancelAsync(token => driver.WriteAsync(written, token));
        await driver.ReadAsync(back, CancellationToken.None);

        Assert.Equal(written, back);
    }

    [Fact]
    public async Task A_move_that_was_begun_before_is_over_when_the_driver_starts()
    {
        using var edu = new Edu(_taken.Device);
        edu.AwaitIdle();
        using (DmaBuffer earlier = _taken.Device.Dma.Allocate(Edu.WindowLength, Edu.BufferOptions))
        {
            edu.Registers.Write64(Register.DmaSource, Window);
            edu.Registers.Write64(Register.DmaDestination, earlier.Iova);
            edu.Registers.Write64(Register.DmaCount, Edu.WindowLength);
            edu.Registers.Write64(Register.DmaCommand, (ulong)(Move.Start | Move.ToMemory));

            // As a program that dies leaves it: the kernel takes the bit away, and the memory.
            _taken.Device.Config.Command &= ~PciCommand.BusMaster;
        }

        using Driver driver = Driver.Start(_taken.Device);

        Assert.False(((Move)edu.Registers.Read64(Register.DmaCommand)).HasFlag(Move.Start));
        byte[] written = Page(0x44);
        byte[] back = new byte[Driver.Capacity];
        await driver.WriteAsync(written, CancellationToken.None);
        await driver.ReadAsync(back, CancellationToken.None);
        Assert.Equal(written, back);
    }

    [Fact]
    public async Task A_factorial_after_a_cancelled_one_is_its_own()
    {
        using Driver driver = Driver.Start(_taken.Device);

        await CancelAsync(token => driver.FactorialAsync(Long, token));
        Assert.Equal(3_628_800u, driver.Factorial(10));

        await CancelAsync(token => driver.FactorialAsync(Long, token));
        Assert.Equal(479_001_600u, await driver.FactorialAsync(12, CancellationToken.None));
    }

    [Fact]
    public async Task An_interrupt_of_an_earlier_factorial_does_not_end_the_next()
    {
        using Driver driver = Driver.Start(_taken.Device);
        using var edu = new Edu(_taken.Device);

        Task<uint> factorial = driver.FactorialAsync(Long, CancellationToken.None);
        edu.Raise((uint)Reason.Computed);

        // While edu computes, the register has the number itself.
        Assert.Equal(0u, await factorial);
    }

    private static byte[] Page(byte value)
    {
        byte[] page = new byte[Driver.Capacity];
        page.AsSpan().Fill(value);
        return page;
    }

    // edu takes its time, so that the call is cancelled as a rule; one that has ended on a slow machine proves nothing, and is no fault.
    private static async Task CancelAsync(Func<CancellationToken, Task> begin)
    {
        using var cancellation = new CancellationTokenSource();
        Task call = begin(cancellation.Token);
        await cancellation.CancelAsync();
        Exception? end = await Record.ExceptionAsync(() => call);
        Assert.True(end is null or OperationCanceledException, end?.ToString());
    }
}
