using System.Globalization;
using System.Text;

namespace Vfio.Core;

/// <summary>
/// A refusal by the kernel, or by this library on the kernel's behalf before it was asked.
/// </summary>
/// <remarks>
/// The message names the step, the errno, the device or path, and what to do. Each of them is also a property, so
/// that a program need not read the message. Wrong arguments give the standard .NET exceptions instead
/// (<see cref="ArgumentException"/>, <see cref="FormatException"/>, <see cref="ObjectDisposedException"/>).
/// </remarks>
public sealed class VfioException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="step">What was being done, in the kernel's words where it has one, such as <c>VFIO_SET_IOMMU</c>.</param>
    /// <param name="subject">The device or the path that it was done to.</param>
    /// <param name="problem">What the refusal means here, as a sentence without its full stop.</param>
    /// <param name="remedy">What the user can do about it, as a sentence without its full stop.</param>
    /// <param name="errno">The kernel's error number, or 0 where the kernel was not asked.</param>
    /// <param name="innerException">The exception behind this one, if any.</param>
    public VfioException(
        VfioErrorKind kind,
        string step,
        string subject,
        string problem,
        string remedy,
        int errno = 0,
        Exception? innerException = null)
        : base(Compose(step, subject, problem, remedy, errno), innerException)
    {
        Kind = kind;
        Step = step;
        Subject = subject;
        Problem = problem;
        Remedy = remedy;
        Errno = errno;
        if (errno != 0)
        {
            HResult = errno;
        }
    }

    /// <summary>What went wrong, for code that decides by it.</summary>
    public VfioErrorKind Kind { get; }

    /// <summary>What was being done: the name of the ioctl, or a system call with its path.</summary>
    public string Step { get; }

    /// <summary>The device or the path that it was done to.</summary>
    public string Subject { get; }

    /// <summary>What the refusal means here, as a sentence without its full stop.</summary>
    public string Problem { get; }

    /// <summary>What the user can do about it, as a sentence without its full stop.</summary>
    public string Remedy { get; }

    /// <summary>The kernel's error number, or 0 where the refusal came before the kernel was asked.</summary>
    public int Errno { get; }

    private static string Compose(string step, string subject, string problem, string remedy, int errno)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{subject}: {problem}. [{step}");
        if (errno != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $": {ErrnoText.Describe(errno)}");
        }

        text.Append(CultureInfo.InvariantCulture, $"] {remedy}.");
        return text.ToString();
    }
}
