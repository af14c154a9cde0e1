using Vfio.Core;

namespace Vfio.Device.Tests.Soak;

/// <summary>A block that a thread has rented, and what it has filled it with.</summary>
internal readonly record struct RentedBlock(SoakPool Pool, DmaBlock Block, byte Pattern);
