using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>Sends and receives descriptors over UNIX sockets (<c>sendmsg</c> and <c>recvmsg</c> with <c>SCM_RIGHTS</c>), which .NET's sockets cannot.</summary>
/// <remarks>
/// Thread-safe, as far as the socket is: of a stream, one thread receives. What is received is closed on exec, and never more than was
/// asked for: what is not wanted, or comes in a message that is refused, is closed before the call returns.
/// </remarks>
public static unsafe class DescriptorSocket
{
    /// <summary>How many descriptors one message can have (<c>SCM_MAX_FD</c>).</summary>
    public const int MaxDescriptors = 253;

    // Socket.Poll counts microseconds in 32 bits.
    private const int MaxPoll = 2_000_000;

    /// <summary>Sends bytes, all of them, and duplicates of descriptors with the first.</summary>
    /// <param name="socket">A connected UNIX socket: a stream, packets in sequence, or datagrams.</param>
    /// <param name="data">The bytes, at least one: descriptors go with a byte or not at all.</param>
    /// <param name="descriptors">The descriptors. The caller keeps, and closes, its own.</param>
    /// <exception cref="ArgumentException">The socket is no UNIX socket, there are no bytes, or more than <see cref="MaxDescriptors"/> descriptors.</exception>
    /// <exception cref="TimeoutException">The other side did not read in <see cref="Socket.SendTimeout"/>. Part may have been sent.</exception>
    /// <exception cref="VfioException">The kernel refused, or the other side is gone.</exception>
    /// <exception cref="ObjectDisposedException">The socket or a descriptor is closed.</exception>
    public static void Send(Socket socket, ReadOnlySpan<byte> data, params ReadOnlySpan<SafeHandle> descriptors)
    {
        ArgumentNullException.ThrowIfNull(socket);
        CheckFamily(socket);
        if (data.IsEmpty)
        {
            throw new ArgumentException("Descriptors go with at least one byte.", nameof(data));
        }

        if (descriptors.Length > MaxDescriptors)
        {
            throw new ArgumentException($"A message has at most {MaxDescriptors} descriptors, and not {descriptors.Length}.", nameof(descriptors));
        }

        int[] numbers = new int[descriptors.Length];
        int held = 0;
        try
        {
            for (; held < descriptors.Length; held++)
            {
                bool added = false;
                descriptors[held].DangerousAddRef(ref added);
                numbers[held] = (int)descriptors[held].DangerousGetHandle();
            }

            int sent = SendOnce(socket, data, numbers);
            while (sent < data.Length)
            {
                // A stream may take a part. The descriptors went with its first byte.
                sent += SendOnce(socket, data[sent..], []);
            }
        }
        finally
        {
            for (int i = 0; i < held; i++)
            {
                descriptors[i].DangerousRelease();
            }
        }
    }

    /// <summary>Receives bytes, and the descriptors that come with them.</summary>
    /// <param name="socket">A connected UNIX socket.</param>
    /// <param name="data">Where the bytes go. A packet must fit; of a stream it takes what is there.</param>
    /// <param name="maxDescriptors">How many descriptors are wanted at most, up to <see cref="MaxDescriptors"/>.</param>
    /// <returns>What came. The caller disposes it, and with it the descriptors.</returns>
    /// <exception cref="ArgumentException">The socket is no UNIX socket, there is no room for a byte, or the number is out of bounds.</exception>
    /// <exception cref="TimeoutException">Nothing came in <see cref="Socket.ReceiveTimeout"/>.</exception>
    /// <exception cref="VfioException">
    /// The kernel refused; or more came than was wanted, and nothing of it is kept: descriptors (<c>MSG_CTRUNC</c>; also where this process may
    /// open no more), or bytes of a packet (<c>MSG_TRUNC</c>).
    /// </exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static DescriptorMessage Receive(Socket socket, Span<byte> data, int maxDescriptors)
    {
        ArgumentNullException.ThrowIfNull(socket);
        CheckFamily(socket);
        ArgumentOutOfRangeException.ThrowIfNegative(maxDescriptors);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxDescriptors, MaxDescriptors);
        if (data.IsEmpty)
        {
            throw new ArgumentException("Nothing is received without room for a byte.", nameof(data));
        }

        // Exactly so long: one that is rounded up has room for a descriptor more.
        int controlLength = maxDescriptors == 0 ? 0 : cmsghdr.SizeOf(maxDescriptors * sizeof(int));
        ulong[] control = new ulong[(controlLength + sizeof(ulong) - 1) / sizeof(ulong)];
        fixed (byte* bytes = data)
        fixed (ulong* words = control)
        {
            var vector = new iovec { iov_base = bytes, iov_len = (nuint)data.Length };
            var message = new msghdr
            {
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = words,
                msg_controllen = (nuint)controlLength,
            };
            nint argument = (nint)(&message);
            int length = Call(socket, SelectMode.SelectRead, "recvmsg", fd => Libc.recvmsg(fd, (msghdr*)argument, Libc.MSG_CMSG_CLOEXEC));
            var received = new DescriptorMessage(length, Collect(in message));
            if ((message.msg_flags & (Libc.MSG_CTRUNC | Libc.MSG_TRUNC)) != 0)
            {
                int count = received.Descriptors.Count;
                received.Dispose();
                throw (message.msg_flags & Libc.MSG_CTRUNC) != 0
                    ? PassingErrors.TooManyDescriptors(maxDescriptors, count)
                    : PassingErrors.TooManyBytes(data.Length);
            }

            return received;
        }
    }

    // Other sockets take a message, and drop what goes with it.
    private static void CheckFamily(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            throw new ArgumentException(
                $"Only UNIX sockets (AddressFamily.Unix) carry descriptors, and this one is of the family {socket.AddressFamily}.", nameof(socket));
        }
    }

    private static int SendOnce(Socket socket, ReadOnlySpan<byte> data, ReadOnlySpan<int> descriptors)
    {
        int controlLength = descriptors.IsEmpty ? 0 : cmsghdr.SizeOf(descriptors.Length * sizeof(int));
        ulong[] control = new ulong[(controlLength + sizeof(ulong) - 1) / sizeof(ulong)];
        fixed (byte* bytes = data)
        fixed (ulong* words = control)
        {
            if (!descriptors.IsEmpty)
            {
                var header = (cmsghdr*)words;
                header->cmsg_len = (nuint)controlLength;
                header->cmsg_level = Libc.SOL_SOCKET;
                header->cmsg_type = Libc.SCM_RIGHTS;
                MemoryMarshal.AsBytes(descriptors).CopyTo(cmsghdr.__cmsg_data(header, descriptors.Length * sizeof(int)));
            }

            var vector = new iovec { iov_base = bytes, iov_len = (nuint)data.Length };
            var message = new msghdr
            {
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = words,
                msg_controllen = (nuint)controlLength,
            };
            nint argument = (nint)(&message);
            return Call(socket, SelectMode.SelectWrite, "sendmsg", fd => Libc.sendmsg(fd, (msghdr*)argument, Libc.MSG_NOSIGNAL));
        }
    }

    private static List<SafeHandle> Collect(in msghdr message)
    {
        var found = new List<SafeHandle>();
        byte* next = (byte*)message.msg_control;
        nuint left = message.msg_controllen;
        while (left >= (nuint)sizeof(cmsghdr))
        {
            var header = (cmsghdr*)next;
            nuint length = header->cmsg_len;
            if (length < (nuint)sizeof(cmsghdr) || length > left)
            {
                break;
            }

            if (header->cmsg_level == Libc.SOL_SOCKET && header->cmsg_type == Libc.SCM_RIGHTS)
            {
                int count = (int)(length - (nuint)sizeof(cmsghdr)) / sizeof(int);
                foreach (int fd in new ReadOnlySpan<int>(cmsghdr.__cmsg_data(header), count))
                {
                    found.Add(new SafeFileHandle(fd, ownsHandle: true));
                }
            }

            nuint step = (length + sizeof(ulong) - 1) & ~(nuint)(sizeof(ulong) - 1);
            if (step >= left)
            {
                break;
            }

            next += step;
            left -= step;
        }

        return found;
    }

    private static int Call(Socket socket, SelectMode mode, string step, Func<int, nint> call)
    {
        int limit = mode == SelectMode.SelectRead ? socket.ReceiveTimeout : socket.SendTimeout;
        TimeSpan timeout = limit > 0 ? TimeSpan.FromMilliseconds(limit) : Timeout.InfiniteTimeSpan;
        var deadline = new Deadline(timeout);
        while (true)
        {
            nint result;
            int errno;
            using (var lease = new PassedLease(socket.SafeHandle))
            {
                result = call(lease.Fd);
                errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
            }

            if (result >= 0)
            {
                return (int)result;
            }

            switch (errno)
            {
                case Errno.EINTR:
                    break;
                case Errno.EAGAIN when socket.Blocking:
                    // The kernel has waited for the whole time already, or not at all: the runtime makes a socket's descriptor a
                    // non-blocking one when it is first used asynchronously.
                    if (!Await(socket, mode, deadline))
                    {
                        throw new TimeoutException($"{step}: the other side of the socket did nothing within {timeout}.");
                    }

                    break;
                default:
                    throw PassingErrors.Socket(step, errno);
            }
        }
    }

    private static bool Await(Socket socket, SelectMode mode, Deadline deadline)
    {
        while (true)
        {
            int left = deadline.Milliseconds;
            if (left == 0)
            {
                return false;
            }

            if (socket.Poll(TimeSpan.FromMilliseconds(left < 0 ? MaxPoll : Math.Min(left, MaxPoll)), mode))
            {
                return true;
            }
        }
    }
}
