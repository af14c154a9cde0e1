namespace Vfio.Core;

/// <content>How the kernel would reset the function.</content>
public sealed partial class PciFunction
{
    /// <summary>
    /// The ways in which the kernel would try to reset the function, in its order (<c>reset_method</c>, since Linux 5.15). Empty where
    /// they were all taken away; absent where the kernel found none when it found the function, and on older kernels.
    /// </summary>
    /// <remarks>
    /// That one is listed does not mean that it works: the list is made before the function's neighbours on the bus are known, so that
    /// <see cref="PciResetMethod.Bus"/> may be on it although they are in the way. Written with <see cref="PciResetMethods"/>.
    /// </remarks>
    public HostFact<IReadOnlyList<PciResetMethod>> ResetMethods => Attribute("reset_method").Convert(PciResetMethod.ParseList);
}
