using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

/// <summary>The command <c>nvme-vfio</c> on the lab's drive.</summary>
public sealed class CommandTests : IDisposable
{
    private const int BlockSize = 4096;
    private const int Usage = 64;
    private const int Terminated = 143;

    private readonly NvmeCommand _command = new();

    public void Dispose() => _command.Dispose();

    [Fact]
    public void Identify_tells_what_the_drive_is()
    {
        JsonElement report = _command.Report("identify");

        Assert.Equal(_command.Address, report.GetProperty("device").GetString());
        Assert.Equal("QEMU NVMe Ctrl", report.GetProperty("model").GetString());
        Assert.Equal("lab", report.GetProperty("serial").GetString());
        Assert.Equal(64, report.GetProperty("maxQueues").GetInt32()); // QEMU's max_ioqpairs
        JsonElement space = Assert.Single(report.GetProperty("namespaces").EnumerateArray());
        Assert.Equal(1u, space.GetProperty("id").GetUInt32());
        Assert.Equal(16384u, space.GetProperty("blocks").GetUInt64());
        Assert.Equal(BlockSize, space.GetProperty("blockSize").GetInt32());
        Assert.InRange(report.GetProperty("health").GetProperty("temperatureCelsius").GetInt32(), 0, 100);
    }

    [Fact]
    public void List_has_the_drive()
    {
        (int exitCode, string output, string error) = NvmeCommand.RunAny("list", "--json");

        Assert.Equal((0, string.Empty), (exitCode, error));
        JsonElement entry = Assert.Single(
            JsonDocument.Parse(output).RootElement.EnumerateArray(), each => each.GetProperty("device").GetString() == _command.Address);
        Assert.Equal("1b36:0010", entry.GetProperty("ids").GetString());
        Assert.Equal("vfio-pci", entry.GetProperty("driver").GetString());
        Assert.True(entry.GetProperty("ready").GetBoolean());
    }

    [Theory]
    [InlineData("poll", "randread")]
    [InlineData("irq", "randwrite")]
    [InlineData("hybrid", "read")]
    public void Perf_measures(string wait, string pattern)
    {
        JsonElement report = _command.Report("perf", "--rw", pattern, "--qd", "8", "--wait", wait, "--time", "0.2", "--ramp", "0.1");

        Assert.Equal((wait, pattern, 8), (report.GetProperty("wait").GetString(), report.GetProperty("rw").GetString(), report.GetProperty("qd").GetInt32()));
        Assert.True(report.GetProperty("iops").GetDouble() > 0);
        Assert.True(report.GetProperty("ios").GetInt64() > 0);
        Assert.Equal(0, report.GetProperty("errors").GetInt64());
        Assert.True(report.GetProperty("cpu_percent").GetDouble() > 0);
        Assert.Equal(0, report.GetProperty("alloc_bytes_per_io").GetDouble());
        JsonElement latency = report.GetProperty("latency_ns");
        long[] ascending = [.. ((string[])["min", "p50", "p90", "p95", "p99", "p999", "p9999"]).Select(name => latency.GetProperty(name).GetInt64())];
        Assert.True(ascending[0] > 0);
        Assert.Equal(ascending.Order(), ascending);
    }

    [Fact]
    public void What_is_written_is_read_and_the_last_block_is_filled_up()
    {
        byte[] data = Bytes((5 << 20) + 777, seed: 20);

        string said = _command.Do("write", "--block", "100", "-i", _command.Write(data), "--wait", "irq");

        Assert.Contains($"wrote {data.Length} bytes", said, StringComparison.Ordinal);
        byte[] back = _command.Read("--block", "100", "--count", "1281", "--wait", "hybrid");
        Assert.Equal(1281 * BlockSize, back.Length);
        Assert.True(data.AsSpan().SequenceEqual(back.AsSpan(0, data.Length)));
        Assert.False(back.AsSpan(data.Length).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_format_takes_force_and_leaves_zeros()
    {
        byte[] data = Bytes(2 * BlockSize, seed: 21);
        _command.Do("write", "-i", _command.Write(data));

        (int exitCode, _, string error) = _command.Run("format");

        Assert.Equal(Usage, exitCode);
        Assert.Contains("--force", Assert.Single(Lines(error)), StringComparison.Ordinal);
        Assert.Equal(data, _command.Read("--count", "2"));
        try
        {
            Assert.Contains("131072 blocks of 512 bytes", _command.Do("format", "--force", "--bs", "512"), StringComparison.Ordinal);
            byte[] read = _command.Read("--count", "16");
            Assert.Equal(16 * 512, read.Length);
            Assert.False(read.AsSpan().ContainsAnyExcept((byte)0));
        }
        finally
        {
            Assert.Contains("16384 blocks of 4096 bytes", _command.Do("format", "--force", "--bs", "4096"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_write_that_is_terminated_keeps_what_it_wrote_and_says_how_much()
    {
        const int Written = 4 << 20;
        byte[] data = Bytes(Written + (128 << 10), seed: 22);
        using Process process = _command.Start("write");

        // More than a pipe holds, so that the first part has been taken, and written when the next is being read.
        process.StandardInput.BaseStream.Write(data);
        Command.Host("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(Terminated, process.ExitCode);
        Assert.Contains($"wrote {Written} bytes", error, StringComparison.Ordinal);
        Assert.Contains("interrupted", error, StringComparison.Ordinal);
        Assert.True(data.AsSpan(0, Written).SequenceEqual(_command.Read("--count", "1024")));
    }

    [Theory]
    [InlineData(Usage, "whole blocks", "perf", "--bs", "1000")]
    [InlineData(Usage, "whole blocks", "verify", "--bs", "1000")]
    [InlineData(Usage, "whole blocks", "perf", "--bs", "1G")]
    [InlineData(Usage, "--qd: '0'", "perf", "--qd", "0")]
    [InlineData(Usage, "16384", "read", "--block", "16385", "-o", "/dev/null")]
    [InlineData(Usage, "16384", "read", "--block", "1", "--count", "16384", "-o", "/dev/null")]
    [InlineData(Usage, "16384", "verify", "--block", "16384")]
    [InlineData(Usage, "16384", "write", "--block", "16384", "-i", "/etc/os-release")]
    [InlineData(Usage, "no active namespace 2", "read", "--namespace", "2")]
    [InlineData(Usage, "64 queues", "perf", "--queues", "65")]
    [InlineData(Usage, "512", "format", "--force", "--bs", "2048")]
    [InlineData(1, "/nowhere", "write", "-i", "/nowhere")]
    [InlineData(1, "/nowhere", "read", "--count", "1", "-o", "/nowhere/out")]
    public void What_does_not_fit_the_drive_is_said_in_one_line(int expected, string problem, string command, params string[] options)
    {
        (int exitCode, string output, string error) = _command.Run(command, options);

        Assert.Equal((expected, string.Empty), (exitCode, output));
        string line = Assert.Single(Lines(error));
        Assert.StartsWith("nvme-vfio: ", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_device_and_none_are_refused_in_one_line()
    {
        using DriverBinding other = DriverBinding.Bind(TestDevice.Edu());

        (int exitCode, _, string error) = NvmeCommand.RunAny("identify", other.Address.ToString());
        Assert.Equal(1, exitCode);
        Assert.Contains("class code", Assert.Single(Lines(error)), StringComparison.Ordinal);
        (exitCode, _, error) = NvmeCommand.RunAny("identify", "0000:00:1e.7");
        Assert.Equal(66, exitCode);
        Assert.Contains("0000:00:1e.7", Assert.Single(Lines(error)), StringComparison.Ordinal);
        (exitCode, _, error) = NvmeCommand.RunAny("identify", "00:04");
        Assert.Equal(Usage, exitCode);
        Assert.Contains("'00:04' is not a PCI address", Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    private static byte[] Bytes(int length, int seed)
    {
        byte[] data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    // Apart from where to find help.
    private static IEnumerable<string> Lines(string error)
        => error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static line => !line.StartsWith("Try ", StringComparison.Ordinal));
}
