using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What the kernel means by its errors on the descriptors behind interrupts.</summary>
internal static class InterruptErrors
{
    public static VfioException EventFd(string step, int errno) => new(
        VfioErrorKind.Refused,
        step,
        "eventfd",
        "the event behind an interrupt could not be used",
        errno is EMFILE or ENFILE ? "Raise the limit of open files with 'ulimit -n'" : "The kernel must be built with CONFIG_EVENTFD",
        errno);

    public static VfioException Epoll(string step, int errno) => new(
        VfioErrorKind.Refused,
        step,
        "epoll",
        "the loop that asynchronous waits share could not be used",
        errno is EMFILE or ENFILE ? "Raise the limit of open files with 'ulimit -n'" : "The kernel must be built with CONFIG_EPOLL",
        errno);

    public static VfioException Absent(string device, string name) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_GET_IRQ_INFO",
        device,
        $"the device has no {name}",
        "Use one of the interrupts that it has; Count tells how many vectors each offers");
}
