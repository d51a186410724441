using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Service;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Service;

/// <summary>Which routes are set and removed as peers come and go.</summary>
internal sealed class SystemRoutesTests
{
    private static readonly IpPrefix Own = IpPrefix.Parse("10.88.0.0/24");
    private static readonly IpPrefix Inside = IpPrefix.Parse("10.88.0.2/32");
    private static readonly IpPrefix Outside = IpPrefix.Parse("10.20.0.0/16");
    private static readonly IpPrefix Outside6 = IpPrefix.Parse("fd20::/48");

    private readonly List<string> _calls = [];
    private readonly LogCapture _log = new();
    private bool _refuse;
    private SystemRoutes _routes = null!;

    [SetUp]
    public void MakeRoutes()
    {
        _calls.Clear();
        _refuse = false;
        _routes = new SystemRoutes([Own], prefix => Call('+', prefix), prefix => Call('-', prefix), _log.CreateLogger("routes"));
    }

    [Test]
    public void What_the_device_has_a_network_for_needs_no_route()
    {
        Update(("beta", [Inside, Outside, Outside6]));

        Assert.That(_calls, Is.EqualTo(new[] { "+10.20.0.0/16", "+fd20::/48" }));
    }

    [Test]
    public void Routes_follow_the_peers_and_are_touched_only_when_they_change()
    {
        Update(("beta", [Outside]));
        Update(("beta", [Outside]), ("gamma", [Outside6]));
        Update(("gamma", [Outside6, Outside])); // from one peer to another
        Update();

        Assert.That(_calls, Is.EqualTo(new[] { "+10.20.0.0/16", "+fd20::/48", "-10.20.0.0/16", "-fd20::/48" }));
        Assert.That(_routes.Installed, Is.Empty);
    }

    [Test]
    public void A_route_that_is_refused_is_told_once_and_tried_again()
    {
        int before = _log.WarningsAndErrors.Count;
        _refuse = true;
        Update(("beta", [Outside]));
        Update(("beta", [Outside]));
        LogEntry[] warnings = [.. _log.WarningsAndErrors.Skip(before)];
        Assert.That(warnings, Has.Length.EqualTo(1));
        Assert.That(warnings[0].Level, Is.EqualTo(LogLevel.Warning));
        Assert.That(warnings[0].Message, Is.EqualTo("The route to 10.20.0.0/16 of beta could not be set: no, not +10.20.0.0/16"));

        _refuse = false;
        Update(("beta", [Outside]));
        Assert.That(_routes.Installed, Is.EqualTo(new[] { Outside }));

        _refuse = true;
        Update();
        Assert.That(_log.WarningsAndErrors[^1].Message, Is.EqualTo("The route to 10.20.0.0/16 of beta could not be removed: no, not -10.20.0.0/16"));
        Assert.That(_routes.Installed, Is.Empty, "it is not there any more for all we know");
    }

    private void Update(params (string, IReadOnlyList<IpPrefix>)[] peers) => _routes.Update(peers);

    private void Call(char what, IpPrefix prefix)
    {
        if (_refuse)
        {
            throw new DeviceException(DeviceFailure.Refused, $"no, not {what}{prefix}");
        }

        _calls.Add($"{what}{prefix}");
    }
}
