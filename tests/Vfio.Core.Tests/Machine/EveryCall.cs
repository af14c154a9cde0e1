namespace Vfio.Core.Tests;

/// <summary>Makes each call into the kernel fail in turn.</summary>
internal static class EveryCall
{
    /// <summary>Asserts that whichever call of a step fails, the kernel keeps nothing of it, and the step works the next time.</summary>
    /// <returns>How many of the calls made the step fail.</returns>
    public static int IsHarmless(FakeMachine machine, int errno, Func<IDisposable> step)
    {
        // What is found out once has been found out.
        string start = KernelState.Of(machine);
        step().Dispose();
        Assert.Equal(start, KernelState.Of(machine));
        int failures = 0;
        for (int call = 0; ; call++)
        {
            machine.Kernel.Faults.FailCall(call, errno);
            IDisposable? made = Try(step);
            string? failed = machine.Kernel.Faults.Failed;
            machine.Kernel.Faults.Clear();
            made?.Dispose();
            AssertSame(start, KernelState.Of(machine), call, failed);
            if (failed is null)
            {
                Assert.NotNull(made);
                return failures;
            }

            failures += made is null ? 1 : 0;
            step().Dispose();
            AssertSame(start, KernelState.Of(machine), call, failed);
        }
    }

    public static T? Try<T>(Func<T> step)
        where T : class, IDisposable
    {
        try
        {
            return step();
        }
        catch (VfioException error)
        {
            Assert.NotEmpty(error.Remedy);
            Assert.NotEmpty(error.Subject);
            return null;
        }
    }

    private static void AssertSame(string expected, string actual, int call, string? failed)
        => Assert.True(expected == actual, $"Call {call} ({failed}) leaves\n{actual}\nand not\n{expected}");
}
