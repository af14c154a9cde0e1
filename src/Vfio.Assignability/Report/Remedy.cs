namespace Vfio.Assignability;

/// <summary>What can be done about a finding.</summary>
/// <param name="Text">What to do, in words.</param>
/// <param name="Commands">The commands that do it, in order; none where no command does.</param>
/// <param name="Reversible">Whether it can be taken back.</param>
/// <param name="Reboot">Whether it needs a reboot.</param>
public sealed record Remedy(string Text, IReadOnlyList<string> Commands, bool Reversible, bool Reboot);
