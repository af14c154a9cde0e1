namespace Vfio.Assignability.Tests.Uses;

/// <summary>The default route over a card, or over anything that is made of its interfaces, is critical.</summary>
public sealed class RouteTests
{
    private const string Card = "0000:02:00.0";

    [Fact]
    public void A_card_without_a_default_route_has_no_use()
    {
        using var host = new HostTreeBuilder();
        _ = host.NetworkCard();

        Assert.Empty(host.Uses(Card, out IReadOnlyList<UnknownFact> unknown));
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_default_route_is_a_critical_use(bool isVersion6)
    {
        using var host = new HostTreeBuilder();
        _ = host.NetworkCard();
        _ = isVersion6 ? host.DefaultRouteV6("eth0") : host.DefaultRoute("eth0");

        FunctionUse use = Assert.Single(host.Uses(Card));

        Assert.Equal((UseKind.DefaultRoute, true, "the default route goes over eth0"), (use.Kind, use.IsCritical, use.Description));
        Assert.Equal(isVersion6 ? "/proc/net/ipv6_route" : "/proc/net/route", Assert.Single(use.Evidence).Path);
    }

    [Fact]
    public void Bonds_and_bridges_are_followed_though_they_lead_in_circles()
    {
        using var host = new HostTreeBuilder();
        _ = host.NetworkCard();
        _ = host.NetworkOver("bond0", "eth0").NetworkOver("br0", "bond0")
            .Text("/sys/devices/virtual/net/br0/bridge/bridge_id", "8000.020000000001")
            .Link("/sys/devices/virtual/net/br0/upper_eth0", "../../../../class/net/eth0")
            .DefaultRoute("br0");

        Assert.Equal(["the default route goes over br0, of which bond0 (of which eth0 is a member) is a port"], host.Critical(Card));
    }

    [Theory]
    [InlineData("/sys/devices/virtual/net/top/lower_eth0", "../../../pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0")]
    [InlineData("/sys/devices/virtual/net/top/brif/eth0", "../../../../pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0/brport")]
    [InlineData("/sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0/upper_top", "../../../../../virtual/net/top")]
    [InlineData("/sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0/master", "../../../../../virtual/net/top")]
    [InlineData("/sys/devices/pci0000:00/0000:00:02.0/0000:02:00.0/net/eth0/brport/bridge", "../../../../../../virtual/net/top")]
    public void Any_link_of_any_kind_between_interfaces_is_enough(string link, string target)
    {
        using var host = new HostTreeBuilder();
        _ = host.NetworkCard();
        _ = host.NetworkOver("top").Link(link, target).DefaultRoute("top");

        Assert.StartsWith("the default route goes over top, of which eth0 is ", Assert.Single(host.Critical(Card)));
    }

    [Theory]
    [InlineData("eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0")]
    [InlineData("eth0\t00000000\t00000000\t0001\t0\t0\t100\t00000080\t0\t0\t0")]
    [InlineData("eth0\t00000000\t00000000\t0201\t0\t0\t100\t00000000\t0\t0\t0")]
    [InlineData("eth0\t00000000\t00000000\t0000\t0\t0\t100\t00000000\t0\t0\t0")]
    [InlineData("eth1\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0")]
    [InlineData("eth0\t00000000")]
    [InlineData("eth0\t\0\t\0\t\0\t0\t0\t0\t\0")]
    public void Other_routes_are_no_use(string line)
    {
        using var host = new HostTreeBuilder();
        _ = host.NetworkCard();
        _ = host.Text("/proc/net/route", line).Text("/proc/net/ipv6_route", line);

        Assert.Empty(host.Uses(Card));
    }

    [Fact]
    public void Tables_that_are_missing_are_one_unknown_fact()
    {
        using var host = new HostTreeBuilder();
        _ = host.NetworkCard();
        _ = host.Without("/proc/net");

        _ = host.Uses(Card, out IReadOnlyList<UnknownFact> unknown);

        Assert.Equal(("which interface the default route goes over", "/proc/net/route"), (Assert.Single(unknown).Fact, unknown[0].Path));
    }

    [Fact]
    public void The_interfaces_of_virtual_functions_are_their_own()
    {
        using var host = new HostTreeBuilder();
        FunctionBuilder physical = host.NetworkCard().Sriov(8);
        _ = physical.Virtual("0000:02:10.0", 0x10ca).Driver("igbvf").Network("eth1");
        _ = host.DefaultRoute("eth1");

        Assert.Empty(host.Critical(Card));
        Assert.Equal(["the default route goes over eth1"], host.Critical("0000:02:10.0"));
    }
}
