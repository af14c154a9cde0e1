namespace Vfio.Device.Tests.Soak;

/// <summary>Something did otherwise than the model says. Thrown, and not asserted, because the text of an assertion is made even where it holds.</summary>
internal sealed class DivergenceException(string message, Exception? cause = null) : Exception(message, cause);
