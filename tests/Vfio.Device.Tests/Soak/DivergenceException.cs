namespace Vfio.Device.Tests.Soak;

/// <summary>Something did otherwise than the model says. Thrown, and not asserted, so that nothing is made where it holds.</summary>
internal sealed class DivergenceException(string message, Exception? cause = null) : Exception(message, cause)
{
    public static void ThrowUnless(bool holds, string divergence)
    {
        if (!holds)
        {
            throw new DivergenceException(divergence);
        }
    }
}
