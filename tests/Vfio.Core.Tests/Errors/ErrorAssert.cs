namespace Vfio.Core.Tests;

/// <summary>What every refusal must carry.</summary>
internal static class ErrorAssert
{
    /// <summary>Runs the call and checks its refusal: the parts, and that the message has all of them.</summary>
    public static VfioException Refused(VfioErrorKind kind, string step, int errno, string subject, Action call)
    {
        VfioException error = Assert.Throws<VfioException>(call);
        Assert.Equal(kind, error.Kind);
        Assert.Equal(step, error.Step);
        Assert.Equal(errno, error.Errno);
        Assert.Equal(subject, error.Subject);
        Assert.NotEmpty(error.Remedy);
        Assert.StartsWith(subject + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(step, error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Remedy, error.Message, StringComparison.Ordinal);
        if (errno != 0)
        {
            Assert.Equal(errno, error.HResult);
            Assert.Contains($" {errno}, ", error.Message, StringComparison.Ordinal);
        }

        return error;
    }
}
