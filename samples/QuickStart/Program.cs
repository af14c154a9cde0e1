using Vfio.Core;

PciAddress address = PciAddress.Parse(args[0]);
using DriverBinding binding = DriverBinding.Bind(address);            // to vfio-pci, and back at the end
using VfioDevice device = VfioDevice.Open(address);                   // its address space, and itself
using DmaBuffer buffer = device.Dma.Allocate(64 * 1024, new() { AddressBits = 28 });
using MappedRegion bar0 = device.Regions.Bar(0).Map();
device.Config.Command |= PciCommand.BusMaster | PciCommand.Memory;
using InterruptSet msi = device.Interrupts.Msi.Enable(1);

buffer.AsSpan(0, 4096).Fill(0xa5);
bar0.Write64(0x80, buffer.Iova);                                      // from memory, through the IOMMU
bar0.Write64(0x88, 0x40000);                                          // to the device's own memory
bar0.Write64(0x90, 4096);                                             // this many bytes
bar0.Write64(0x98, 1 | 4);                                            // start, and interrupt at the end

ulong interrupts = msi[0].Wait(TimeSpan.FromSeconds(10));
Console.WriteLine($"{device.Name} read 4096 bytes at IOVA {buffer.Iova} and interrupted {interrupts} time.");
