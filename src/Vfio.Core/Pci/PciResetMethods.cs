using System.Text;

namespace Vfio.Core;

/// <summary>Changes how the kernel of this host resets a function (<c>reset_method</c> in its folder in sysfs). Needs root.</summary>
/// <remarks>
/// The list holds for VFIO's resets too, also of a device that is open, and until the function is removed. It is read with
/// <see cref="PciFunction.ResetMethods"/>. Thread-safe.
/// </remarks>
public static class PciResetMethods
{
    private const string Default = "default";

    /// <summary>Lets the kernel try these methods only, in this order.</summary>
    /// <exception cref="ArgumentException">There is none, or one of them is the default value.</exception>
    /// <exception cref="VfioException">
    /// There is no such function, it has not this method, the kernel has no such list, or this user may not change it. Nothing was changed.
    /// </exception>
    public static void Set(PciAddress address, params IReadOnlyList<PciResetMethod> methods) => Set(VfioHost.Local, address, methods);

    /// <summary>Lets the kernel find out again which methods the function has, and try all of them in its own order.</summary>
    /// <exception cref="VfioException">As with <see cref="Set(PciAddress, IReadOnlyList{PciResetMethod})"/>.</exception>
    public static void SetDefault(PciAddress address) => Write(VfioHost.Local, address, Default);

    /// <summary>Takes all methods away: the function cannot be reset by itself any more, neither at an open nor at a close.</summary>
    /// <exception cref="VfioException">As with <see cref="Set(PciAddress, IReadOnlyList{PciResetMethod})"/>.</exception>
    public static void Disable(PciAddress address) => Write(VfioHost.Local, address, string.Empty);

    internal static void Set(VfioHost host, PciAddress address, IReadOnlyList<PciResetMethod> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Count == 0 || methods.Any(static method => method == default))
        {
            throw new ArgumentException("Name the methods; to take all away there is Disable.", nameof(methods));
        }

        Write(host, address, string.Join(' ', methods));
    }

    internal static void Write(VfioHost host, PciAddress address, string text)
    {
        if (!host.Pci.Exists(address))
        {
            throw DeviceErrors.NoSuchDevice(address.ToString());
        }

        string file = Path.Combine(host.Paths.Function(address), "reset_method");
        try
        {
            // A line that is empty takes all away: sysfs ignores a write of nothing.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(Encoding.ASCII.GetBytes(text + "\n"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ResetMethodErrors.Write(address, file, text, error);
        }
    }
}
