using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>What a caller has to show for opening a device.</summary>
/// <param name="Node">The node that somebody else opened, or null.</param>
/// <param name="Token">The token of its physical function, or null.</param>
internal readonly record struct DeviceAccess(SafeHandle? Node, Guid? Token);
