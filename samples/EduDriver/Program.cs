using EduDriver;
using Vfio.Core;

if (args is not [string text] || !PciAddress.TryParse(text, out PciAddress address))
{
    await Console.Error.WriteLineAsync("usage: EduDriver ADDRESS, such as EduDriver 0000:00:03.0");
    return 2;
}

PciFunction function = PciFunction.Read(address);
if (function.Ids != Edu.Ids)
{
    await Console.Error.WriteLineAsync($"{address} is {function.Ids}, which is no edu ({Edu.Ids}). It is left as it was; vfio list shows what is where.");
    return 1;
}

using DriverBinding binding = DriverBinding.Bind(address);
using Edu edu = Edu.Start(VfioDevice.Open(address));
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

Console.WriteLine($"10! = {edu.Factorial(10)}, and by interrupt 12! = {await edu.FactorialAsync(12, limit.Token)}");

byte[] written = "kept by the device"u8.ToArray();
byte[] read = new byte[written.Length];
await edu.WriteAsync(written, limit.Token);
await edu.ReadAsync(read, limit.Token);
Console.WriteLine($"the device gave back what it was given: {read.AsSpan().SequenceEqual(written)}");
return 0;
