namespace Vfio.Core.Tests;

/// <summary>A function on the bus, or in the slot, of a device: what a reset of it hits.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Group">Its group, or null for none.</param>
/// <param name="Device">The device that VFIO made of it, or null where no VFIO driver has it.</param>
internal sealed record FakeBusMember(PciAddress Address, FakeGroup? Group, FakeDevice? Device);
