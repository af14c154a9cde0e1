namespace Vfio.Core.Tests;

/// <summary>All that the fake kernel keeps for the library, as text: what a call that fails must leave as it was.</summary>
internal static class KernelState
{
    public static string Of(FakeMachine machine)
    {
        FakeKernel kernel = machine.Kernel;
        string[] lines =
        [
            $"open: {string.Join(", ", kernel.OpenKinds)}",
            .. kernel.Containers.Select(static it => $"container: model {it.Model}, {it.Groups.Count} groups"),
            .. kernel.Iommufds.Select(static it => $"iommufd: stands in with {it.VfioIoas?.Id}, {it.Groups.Count} groups"),
            .. kernel.Iommufds.SelectMany(static it => it.Objects.Values).Where(static it => !it.Automatic).Select(Describe),
            .. kernel.Mappings.Select(static it => $"mapping: {it}"),
            .. kernel.Groups.Values.Select(static it
                => $"group {it.Id}: open {it.IsOpen}, {it.OpenDevices} devices, {it.BoundDevices} bound, {it.Owned} owned, "
                    + $"contained {it.Container is not null || it.Iommufd is not null}"),
            .. kernel.Devices.Values.Select(static it => $"device {it.Name}: {it.OpenCount} open, in {Space(it)}, {it.Mapped.Count} mapped"),
            $"memory: {kernel.Memory.Count}",
            .. kernel.Violations,
        ];
        return string.Join('\n', lines);
    }

    private static string Describe(FakeIommuObject it) => $"{it.GetType().Name} {it.Id}: {it.Users} users";

    private static uint? Space(FakeDevice device) => device.Bound switch
    {
        FakeBoundDevice { IsAttached: true } bound => bound.Hwpt?.Ioas.Id,
        FakeAccess access => access.Ioas?.Id,
        _ => null,
    };
}
