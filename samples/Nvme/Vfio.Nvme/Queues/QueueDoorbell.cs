namespace Vfio.Nvme;

/// <summary>How the controller is told of a queue's tail or head.</summary>
/// <param name="Register">The doorbell.</param>
/// <param name="Shadow">The entry of the shadow doorbell buffer, or zero.</param>
/// <param name="EventIndex">The entry of the EventIdx buffer, or zero.</param>
internal readonly record struct QueueDoorbell(Doorbell Register, nint Shadow, nint EventIndex);
