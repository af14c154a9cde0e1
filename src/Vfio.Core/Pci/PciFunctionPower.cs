namespace Vfio.Core;

/// <summary>
/// The host's management of a function's power at run time, as facts (<c>power_state</c>, <c>d3cold_allowed</c> and the files in <c>power</c> of its
/// folder in sysfs). Reading them wakes nothing and needs no privilege.
/// </summary>
/// <remarks>A snapshot of the function's: each fact is read when it is first asked for, and kept. Not thread-safe.</remarks>
public sealed class PciFunctionPower
{
    private readonly PciFunction _function;

    internal PciFunctionPower(PciFunction function) => _function = function;

    /// <summary>
    /// The state that the kernel has the function in: <c>D0</c> to <c>D3hot</c>, <c>D3cold</c>, <c>unknown</c> or <c>error</c> (<c>power_state</c>, since
    /// Linux 5.11).
    /// </summary>
    public HostFact<string> State => _function.Attribute("power_state");

    /// <summary>
    /// <c>auto</c> where the kernel may suspend the function when it is idle, <c>on</c> where it may not (<c>power/control</c>). vfio-pci says <c>auto</c>
    /// when it takes a function.
    /// </summary>
    public HostFact<string> Control => _function.Attribute("power/control");

    /// <summary>
    /// <c>active</c>, <c>suspended</c>, <c>suspending</c>, <c>resuming</c>, <c>error</c> or <c>unsupported</c> (<c>power/runtime_status</c>); absent on kernels without
    /// power management.
    /// </summary>
    public HostFact<string> Status => _function.Attribute("power/runtime_status");

    /// <summary>Whether the kernel may take all power from the function when it suspends it (<c>d3cold_allowed</c>).</summary>
    public HostFact<bool> AllowsD3Cold => Flag("d3cold_allowed");

    /// <summary>Whether the function may wake the machine (<c>power/wakeup</c>); absent where it cannot at all, or with no driver that lets it.</summary>
    public HostFact<bool> Wakeup => _function.Attribute("power/wakeup").ConvertValue<bool>(static text => text.Trim() switch
    {
        "enabled" => true,
        "disabled" => false,
        _ => null,
    });

    /// <summary>How long the function is idle before the kernel suspends it (<c>power/autosuspend_delay_ms</c>); not known where its driver sets no such time, as vfio-pci does not.</summary>
    public HostFact<TimeSpan> AutosuspendDelay => Time("power/autosuspend_delay_ms");

    /// <summary>How long it was in use since the kernel found it (<c>power/runtime_active_time</c>).</summary>
    public HostFact<TimeSpan> ActiveTime => Time("power/runtime_active_time");

    /// <summary>How long it was suspended since the kernel found it (<c>power/runtime_suspended_time</c>).</summary>
    public HostFact<TimeSpan> SuspendedTime => Time("power/runtime_suspended_time");

    private HostFact<bool> Flag(string name) => _function.Number(name).ConvertValue<bool>(static number => number switch
    {
        0 => false,
        1 => true,
        _ => null,
    });

    private HostFact<TimeSpan> Time(string name)
        => _function.Number(name).ConvertValue<TimeSpan>(static number
            => number is >= -1 and < int.MaxValue * 1000L ? TimeSpan.FromMilliseconds(number) : null);
}
