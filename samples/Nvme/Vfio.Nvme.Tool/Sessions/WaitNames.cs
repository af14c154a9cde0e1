namespace Vfio.Nvme.Tool.Sessions;

/// <summary>The names of the ways to wait, as on the command line.</summary>
internal static class WaitNames
{
    public static string Of(WaitMode wait) => wait switch
    {
        WaitMode.Interrupt => "irq",
        WaitMode.Hybrid => "hybrid",
        _ => "poll",
    };
}
