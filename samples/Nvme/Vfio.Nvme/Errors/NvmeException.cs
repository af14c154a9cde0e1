namespace Vfio.Nvme;

/// <summary>Something that a controller did, or did not do.</summary>
/// <remarks>
/// The message names the step, the device, what went wrong, and what to do. Wrong arguments give the standard .NET exceptions instead; what
/// the kernel refuses is a <see cref="Vfio.Core.VfioException"/>.
/// </remarks>
public sealed class NvmeException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="step">What was being done, in the specification's words.</param>
    /// <param name="subject">The device.</param>
    /// <param name="problem">What happened, as a sentence without its full stop.</param>
    /// <param name="remedy">What the user can do about it, as a sentence without its full stop.</param>
    /// <param name="status">How the command ended, if one did.</param>
    /// <param name="innerException">The exception behind this one, if any.</param>
    public NvmeException(
        NvmeErrorKind kind,
        string step,
        string subject,
        string problem,
        string remedy,
        NvmeStatus status = default,
        Exception? innerException = null)
        : base($"{subject}: {problem}. [{step}] {remedy}.", innerException)
    {
        Kind = kind;
        Step = step;
        Subject = subject;
        Status = status;
    }

    /// <summary>What went wrong, for code that decides by it.</summary>
    public NvmeErrorKind Kind { get; }

    /// <summary>What was being done: the name of a command, or what a register was to reach.</summary>
    public string Step { get; }

    /// <summary>The device.</summary>
    public string Subject { get; }

    /// <summary>How the command ended, where <see cref="Kind"/> is <see cref="NvmeErrorKind.CommandFailed"/>.</summary>
    public NvmeStatus Status { get; }
}
