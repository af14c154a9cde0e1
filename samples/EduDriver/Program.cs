using EduDriver;
using Vfio.Core;

using DriverBinding binding = DriverBinding.Bind(PciAddress.Parse(args[0]));
using Edu edu = Edu.Start(VfioDevice.Open(args[0]));
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));

Console.WriteLine($"10! = {edu.Factorial(10)}, and by interrupt 12! = {await edu.FactorialAsync(12, limit.Token)}");

byte[] written = "kept by the device"u8.ToArray();
byte[] read = new byte[written.Length];
await edu.WriteAsync(written, limit.Token);
await edu.ReadAsync(read, limit.Token);
Console.WriteLine($"the device gave back what it was given: {read.AsSpan().SequenceEqual(written)}");
