using static Vfio.Native.Errno;

namespace Vfio.Core;

/// <summary>What can go wrong when descriptors go from one process to another.</summary>
internal static class PassingErrors
{
    private const string Files = "Raise the limit of open files with 'ulimit -n'";

    public static VfioException NotShareable(string name) => new(
        VfioErrorKind.NotSupported,
        "dup",
        name,
        "the device is not reached by a descriptor of the kernel's, and cannot be passed on",
        "Open the device by the kernel's VFIO, or in the other process");

    public static VfioException Duplicate(string name, int errno) => new(
        VfioErrorKind.Refused, "dup", name, "a descriptor could not be duplicated", errno is EMFILE or ENFILE ? Files : "The device may be closed", errno);

    public static VfioException NotADevice(string name) => new(
        VfioErrorKind.Refused,
        "VFIO_DEVICE_GET_INFO",
        name,
        "the descriptor that was passed is not that of an open device",
        "Pass what VfioDevice.Share gives");

    public static VfioException NotInherited(string step, string name, int fd, string wanted, int errno) => new(
        VfioErrorKind.Refused,
        step,
        name,
        errno == EBADF ? $"descriptor {fd} is not open in this process" : $"descriptor {fd} of this process is not {wanted}, and stays as it is",
        "Start the process while the parent's DeviceInheritance is not disposed, and by nothing that closes descriptors in between, such as sudo",
        errno);

    public static VfioException TooManyDescriptors(int wanted, int got) => new(
        VfioErrorKind.Refused,
        "recvmsg",
        "socket",
        $"more descriptors came than the {wanted} that were expected, or than this process may open; {got} were closed again",
        "Expect as many as the other side sends; for the limit of open files there is 'ulimit -n'");

    public static VfioException TooManyBytes(int wanted) => new(
        VfioErrorKind.Refused, "recvmsg", "socket", $"a packet of more than {wanted} bytes came, and was dropped", "Make room for what the other side sends");

    public static VfioException Socket(string step, int errno) => new(
        VfioErrorKind.Refused,
        step,
        "socket",
        errno switch
        {
            EPIPE or ECONNRESET => "the other side has closed the socket",
            EAGAIN => "the socket is not a blocking one, and the other side was not ready",
            _ => "the kernel refused the message",
        },
        errno switch
        {
            EMFILE or ENFILE or ETOOMANYREFS => Files,
            EAGAIN => "Set Socket.Blocking, or wait by Socket.Poll",
            ENOTSOCK or EOPNOTSUPP or ENOTCONN or EDESTADDRREQ => "Use a connected UNIX socket (AddressFamily.Unix)",
            _ => "Look at what the other process does; only UNIX sockets carry descriptors",
        },
        errno);
}
