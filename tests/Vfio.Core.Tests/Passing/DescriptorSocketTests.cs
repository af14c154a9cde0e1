using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vfio.Core.Tests;

/// <summary>Descriptors over the kernel's own sockets, from peers that mean well and from others.</summary>
public sealed class DescriptorSocketTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"vfio-{Guid.NewGuid():N}");
    private readonly List<IDisposable> _open = [];

    public void Dispose()
    {
        foreach (IDisposable it in _open)
        {
            it.Dispose();
        }

        File.Delete(_path);
    }

    [Theory]
    [InlineData(SocketType.Stream)]
    [InlineData(SocketType.Seqpacket)]
    public void Descriptors_arrive_with_their_bytes(SocketType type)
    {
        (Socket sender, Socket receiver) = Pair(type);
        using SafeFileHandle first = Open("/proc/self/status");
        using SafeFileHandle second = Open("/proc/self/stat");

        DescriptorSocket.Send(sender, "two"u8, first, second);
        DescriptorSocket.Send(sender, "none"u8);

        byte[] data = new byte[type == SocketType.Stream ? 3 : 16];
        using (DescriptorMessage message = DescriptorSocket.Receive(receiver, data, maxDescriptors: 2))
        {
            Assert.Equal((3, 2), (message.Length, message.Descriptors.Count));
            Assert.Equal("two"u8, data.AsSpan(0, 3));
            Assert.Equal(["status", "stat"], message.Descriptors.Select(NameOf));
            Assert.All(message.Descriptors, static it => Assert.True(IsClosedOnExec(it)));
        }

        byte[] rest = new byte[16];
        using DescriptorMessage last = DescriptorSocket.Receive(receiver, rest, maxDescriptors: 2);
        Assert.Equal((4, 0), (last.Length, last.Descriptors.Count));
        Assert.False(first.IsClosed);
    }

    [Fact]
    public void More_than_was_expected_is_refused_and_closed()
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Seqpacket);
        using SafeFileHandle file = Open("/proc/self/limits");
        int before = CountOf("limits");
        for (int expected = 0; expected < 3; expected++)
        {
            DescriptorSocket.Send(sender, "x"u8, file, file, file);
            VfioException refusal = Assert.Throws<VfioException>(() => DescriptorSocket.Receive(receiver, new byte[1], expected));
            Assert.Equal(("recvmsg", "socket"), (refusal.Step, refusal.Subject));
            Assert.Contains($"the {expected} that were expected", refusal.Problem, StringComparison.Ordinal);
            Assert.Equal(before, CountOf("limits"));
        }

        DescriptorSocket.Send(sender, "too long"u8, file);
        VfioException bytes = Assert.Throws<VfioException>(() => DescriptorSocket.Receive(receiver, new byte[2], 1));
        Assert.Contains("more than 2 bytes", bytes.Problem, StringComparison.Ordinal);
        Assert.Equal(before, CountOf("limits"));
    }

    [Fact]
    public void As_many_as_a_message_can_have_go_and_no_more()
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        using SafeFileHandle file = Open("/proc/self/limits");
        SafeHandle[] all = [.. Enumerable.Repeat(file, DescriptorSocket.MaxDescriptors)];

        DescriptorSocket.Send(sender, "x"u8, all);
        using (DescriptorMessage message = DescriptorSocket.Receive(receiver, new byte[1], DescriptorSocket.MaxDescriptors))
        {
            Assert.Equal(DescriptorSocket.MaxDescriptors, message.Descriptors.Count);
        }

        Assert.Throws<ArgumentException>(() => DescriptorSocket.Send(sender, "x"u8, [.. all, file]));
        Assert.Throws<ArgumentException>(() => DescriptorSocket.Send(sender, [], file));
        Assert.Throws<ArgumentException>(() => DescriptorSocket.Receive(receiver, [], 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => DescriptorSocket.Receive(receiver, new byte[1], DescriptorSocket.MaxDescriptors + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DescriptorSocket.Receive(receiver, new byte[1], -1));
    }

    [Fact]
    public async Task A_long_message_goes_in_parts_and_its_descriptors_once()
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        using SafeFileHandle file = Open("/proc/self/limits");
        byte[] sent = new byte[4 << 20];
        new Random(1).NextBytes(sent);

        // Used asynchronously before, so that the runtime has made it a socket that does not block.
        await sender.SendAsync(new byte[1]);
        Assert.Equal(1, await receiver.ReceiveAsync(new byte[1]));
        Task sending = Task.Run(() => DescriptorSocket.Send(sender, sent, file));
        byte[] received = new byte[sent.Length];
        int length = 0;
        int descriptors = 0;
        while (length < received.Length)
        {
            using DescriptorMessage part = DescriptorSocket.Receive(receiver, received.AsSpan(length), maxDescriptors: 1);
            length += part.Length;
            descriptors += part.Descriptors.Count;
        }

        await sending;
        Assert.Equal(1, descriptors);
        Assert.Equal(sent, received);
    }

    [Fact]
    public void The_end_of_a_stream_is_no_bytes_and_a_sender_without_a_reader_is_told()
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        sender.Shutdown(SocketShutdown.Send);
        using (DescriptorMessage end = DescriptorSocket.Receive(receiver, new byte[1], 1))
        {
            Assert.Equal((0, 0), (end.Length, end.Descriptors.Count));
        }

        sender.Dispose();
        VfioException gone = Assert.Throws<VfioException>(() => DescriptorSocket.Send(receiver, "x"u8));
        Assert.Equal(("sendmsg", Native.Errno.EPIPE), (gone.Step, gone.Errno));
        Assert.Throws<ObjectDisposedException>(() => DescriptorSocket.Send(sender, "x"u8));
    }

    [Fact]
    public void A_limit_of_time_is_kept_and_a_socket_that_does_not_block_says_so()
    {
        (_, Socket receiver) = Pair(SocketType.Stream);
        receiver.ReceiveTimeout = 50;
        Assert.Throws<TimeoutException>(() => DescriptorSocket.Receive(receiver, new byte[1], 1));
        receiver.Blocking = false;
        VfioException refusal = Assert.Throws<VfioException>(() => DescriptorSocket.Receive(receiver, new byte[1], 1));
        Assert.Equal(Native.Errno.EAGAIN, refusal.Errno);
    }

    [Fact]
    public async Task A_limit_of_an_hour_is_as_good_as_any()
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        receiver.ReceiveTimeout = 3_600_000;

        // Used asynchronously before, so that the kernel does not wait.
        await sender.SendAsync(new byte[1]);
        Assert.Equal(1, await receiver.ReceiveAsync(new byte[1]));
        Task<int> receiving = Task.Run(() =>
        {
            using DescriptorMessage message = DescriptorSocket.Receive(receiver, new byte[1], 1);
            return message.Length;
        });
        await Task.WhenAny(receiving, Task.Delay(TimeSpan.FromMilliseconds(200)));
        Assert.False(receiving.IsCompleted);
        DescriptorSocket.Send(sender, "x"u8);
        Assert.Equal(1, await receiving);
    }

    [Fact]
    public async Task A_limit_of_time_is_kept_where_the_kernel_does_not_wait()
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        receiver.ReceiveTimeout = 50;
        sender.SendTimeout = 50;
        await sender.SendAsync(new byte[1]);
        Assert.Equal(1, await receiver.ReceiveAsync(new byte[1]));
        Assert.Throws<TimeoutException>(() => DescriptorSocket.Receive(receiver, new byte[1], 1));
        Assert.Throws<TimeoutException>(() => DescriptorSocket.Send(sender, new byte[4 << 20]));
    }

    [Theory]
    [InlineData(SocketType.Stream, ProtocolType.Tcp)]
    [InlineData(SocketType.Dgram, ProtocolType.Udp)]
    public void A_socket_of_the_network_is_refused_as_it_would_drop_them(SocketType type, ProtocolType protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        using SafeFileHandle file = Open("/proc/self/limits");
        Assert.Contains("UNIX", Assert.Throws<ArgumentException>(() => DescriptorSocket.Send(socket, "x"u8, file)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DescriptorSocket.Receive(socket, new byte[1], 1));
        Assert.Throws<ArgumentException>(() => SharedDevice.Receive(socket));
    }

    [Fact]
    public void A_socket_that_is_not_connected_carries_none()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using SafeFileHandle file = Open("/proc/self/limits");
        VfioException refusal = Assert.Throws<VfioException>(() => DescriptorSocket.Send(socket, "x"u8, file));
        Assert.Equal(Native.Errno.ENOTCONN, refusal.Errno);
        Assert.Contains("AddressFamily.Unix", refusal.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("vfio-device 2 0000:00:03.0 iommufd isolated")]
    [InlineData("vfio-device 1 ../../etc/passwd iommufd isolated")]
    [InlineData("vfio-device 1 0000:00:03.0 iommufd perhaps")]
    [InlineData("vfio-device 1 0000:00:03.0 everything isolated")]
    [InlineData("vfio-device 1 0000:00:03.0 iommufd isolated more")]
    [InlineData("vfio-device 1 0000:00:03.0 iommufd isolated", 1)]
    [InlineData("vfio-device 1 0000:00:03.0 iommufd isolated", 0)]
    [InlineData("vfio-device 1 0000:00:03.0 none isolated", 2)]
    public void What_is_not_a_device_is_refused_and_nothing_of_it_stays_open(string text, int descriptors = 2)
    {
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        using SafeFileHandle file = Open("/proc/self/limits");
        int before = CountOf("limits");
        byte[] bytes = new byte[SharedDeviceText.Length];
        System.Text.Encoding.ASCII.GetBytes(text, bytes);

        DescriptorSocket.Send(sender, bytes, [.. Enumerable.Repeat<SafeHandle>(file, descriptors)]);

        Assert.Throws<InvalidDataException>(() => SharedDevice.Receive(receiver));
        Assert.Equal(before, CountOf("limits"));
    }

    [Fact]
    public void A_device_that_is_cut_short_or_has_a_descriptor_too_many_is_refused()
    {
        using SafeFileHandle file = Open("/proc/self/limits");
        int before = CountOf("limits");
        (Socket sender, Socket receiver) = Pair(SocketType.Stream);
        DescriptorSocket.Send(sender, "vfio-device 1 0000:00:03.0"u8, file, file);
        sender.Dispose();
        Assert.Throws<InvalidDataException>(() => SharedDevice.Receive(receiver));

        (sender, receiver) = Pair(SocketType.Stream);
        DescriptorSocket.Send(sender, new byte[SharedDeviceText.Length], file, file, file);
        Assert.Throws<VfioException>(() => SharedDevice.Receive(receiver));
        Assert.Equal(before, CountOf("limits"));
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path);

    private static string NameOf(SafeHandle handle)
        => Path.GetFileName(new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget!);

    private static int CountOf(string name)
        => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(it => new FileInfo(it).LinkTarget?.EndsWith("/" + name, StringComparison.Ordinal) == true);

    private static bool IsClosedOnExec(SafeHandle handle)
        => Native.Libc.fcntl((int)handle.DangerousGetHandle(), Native.Libc.F_GETFD, 0) == Native.Libc.FD_CLOEXEC;

    private (Socket Sender, Socket Receiver) Pair(SocketType type)
    {
        File.Delete(_path);
        using var listener = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        var sender = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        sender.Connect(new UnixDomainSocketEndPoint(_path));
        Socket receiver = listener.Accept();
        _open.AddRange([sender, receiver]);
        return (sender, receiver);
    }
}
