using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Vfio.Assignability.Tests;

/// <summary>Trees in which anything may stand in the place of anything: a report is made all the same.</summary>
public sealed class HostileTreeTests : IDisposable
{
    private const int FunctionsEach = 4;

    private readonly HostTreeBuilder _builder = BusyHost.Create();
    private readonly Damage _damage;
    private readonly PciAddress[] _functions;

    public HostileTreeTests()
    {
        _functions = [.. _builder.Build().Functions.Select(static function => function.Address)];
        _damage = new Damage(_builder.Root);
    }

    public void Dispose()
    {
        _damage.Dispose();
        _builder.Dispose();
    }

    [Fact]
    public void Every_function_of_the_host_as_it_is_has_a_report()
    {
        PciHost host = new(HostTree.At(_builder.Root));

        Assert.All(_functions, address => DeviceInspector.Inspect(host, address, new InspectOptions { Need = 1L << 34 }).Holds());
    }

    [Fact]
    public void Damage_never_brings_a_report_down()
        => Hold(Prop.ForAll<byte[], byte>((script, first) => Survives(script ?? [], first)));

    [Fact]
    public void Damage_never_brings_a_listing_down()
        => Hold(Prop.ForAll<byte[]>(script => Damaged(script ?? [], static host => Listing.ReadAll(host))));

    // Links that lead out of the tree lead to nothing.
    private bool Survives(byte[] script, byte first) => Damaged(script, host =>
    {
        for (int i = 0; i < FunctionsEach; i++)
        {
            PciAddress address = _functions[(first + (i * 7)) % _functions.Length];
            if (host.Find(address) is null)
            {
                _ = Assert.Throws<VfioException>(() => DeviceInspector.Inspect(host, address));
                continue;
            }

            AssignabilityReport report = DeviceInspector.Inspect(host, address, new InspectOptions { Need = 1L << 34 });
            Assert.DoesNotContain(Damage.Secret, JsonSerializer.Serialize(report.Holds()), StringComparison.Ordinal);
        }
    });

    private bool Damaged(byte[] script, Action<PciHost> read)
    {
        try
        {
            for (int i = 0; i + Damage.BytesEach <= script.Length; i += Damage.BytesEach)
            {
                _damage.Inflict(script.AsSpan(i, Damage.BytesEach));
            }

            read(new PciHost(HostTree.At(_builder.Root)));
            return true;
        }
        finally
        {
            _damage.Undo();
        }
    }

    private static void Hold(Property property) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(100).WithEndSize(60), property);
}
