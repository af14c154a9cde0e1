namespace Vfio.BindingGenerator;

/// <summary>A failure whose message is all that the user needs.</summary>
internal sealed class GeneratorException : Exception
{
    public GeneratorException(string message)
        : base(message)
    {
    }

    public GeneratorException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
