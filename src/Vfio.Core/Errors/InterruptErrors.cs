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

    public static VfioException SingleVector(string device, string name) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_SET_IRQS",
        device,
        $"{name} has a single vector, which goes with its set",
        "Dispose the set, and enable it again later");

    public static VfioException NotMaskable(string device, string name) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_SET_IRQS",
        device,
        $"the kernel does not mask {name}",
        "Use the device's own mask registers, or remove the vector from the set and add it again later");

    public static VfioException NotAutoMasked(string device, string name) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_SET_IRQS",
        device,
        $"{name} does not mask itself, so that nothing is to be unmasked by an event",
        "Use a resample event with INTx only");

    public static VfioException UnmaskEvent(string device, InterruptInfo interrupt, int errno) => new(
        errno is ENOTTY ? VfioErrorKind.NotSupported : VfioErrorKind.Refused,
        "VFIO_DEVICE_SET_IRQS",
        device,
        $"interrupt index {interrupt.Index} could not be given an event that unmasks it",
        errno is EBUSY
            ? "Something else gave it one: whoever passed the device on, or another process that has it"
            : "Unmask by Interrupt.Unmask instead",
        errno);

    public static VfioException LostVectors(string device, string name, VfioException first, VfioException second) => new(
        second.Kind,
        second.Step,
        device,
        $"{name} could not be enabled ({first.Problem}), nor as it was before: none of its vectors is enabled any more",
        "Dispose the set, and enable it anew",
        second.Errno);

    public static VfioException WriteTrigger(string device, RegionInfo region, long offset, int width, int errno) => new(
        errno is ENOTTY or EINVAL ? VfioErrorKind.NotSupported : errno is EEXIST ? VfioErrorKind.InUse : VfioErrorKind.Refused,
        "VFIO_DEVICE_IOEVENTFD",
        device,
        $"a write of {width} bytes at 0x{offset:x} of region {region.Index} could not be tied to an event",
        errno switch
        {
            ENOTTY => "The driver that has the device offers none; write by DeviceRegion or by a mapping",
            EINVAL => "It must lie in a BAR and beside the MSI-X table and its pending bits, and 8 bytes need a kernel of 64 bits",
            EEXIST => "There is one of the same place, width and value already; share it, or dispose it first",
            ENOSPC => "A device has room for 1000; dispose others",
            _ => "The kernel log may name the reason",
        },
        errno);

    public static VfioException NoWriteTrigger(string device) => new(
        VfioErrorKind.NotSupported,
        "VFIO_DEVICE_IOEVENTFD",
        device,
        "the way to the device has no writes that an event triggers",
        "Write by DeviceRegion or by a mapping");
}
