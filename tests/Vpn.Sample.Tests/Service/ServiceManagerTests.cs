using System.Diagnostics;
using System.Globalization;
using FifoDtls.TestSupport;
using FifoVpn.Service;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Service;

/// <summary>The messages of sd_notify(3), as they arrive at a real socket.</summary>
internal sealed class ServiceManagerTests
{
    private readonly Dictionary<string, string?> _environment = [];
    private LogCapture _log = null!;

    [SetUp]
    public void Forget()
    {
        Requires.Linux(); // abstract sockets, and a clock that systemd knows
        _environment.Clear();
        _log = new LogCapture();
    }

    [TearDown]
    public void EndLog() => _log?.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public void The_manager_is_told_in_the_words_of_the_protocol(bool isAbstract)
    {
        using var folder = new TempDirectory();
        using NotifySocket socket = new(isAbstract ? $"@fifovpn-test-{Guid.NewGuid():N}" : folder.PathOf("notify"));
        _environment["NOTIFY_SOCKET"] = socket.Address;
        using ServiceManager manager = Create();

        manager.Ready("0 of 1 peers connected");
        manager.Status("0 of 1 peers connected");
        manager.Status("1 of 1 peers connected");
        long before = Stopwatch.GetTimestamp() / 1000;
        manager.Reloading();
        manager.SignOfLife();
        manager.Stopping();

        Assert.That(socket.Receive(), Is.EqualTo("READY=1\nSTATUS=0 of 1 peers connected"));
        Assert.That(socket.Receive(), Is.EqualTo("STATUS=1 of 1 peers connected"), "a status is told once");
        string[] reloading = socket.Receive().Split("\nMONOTONIC_USEC=");
        Assert.That(reloading[0], Is.EqualTo("RELOADING=1"));
        Assert.That(long.Parse(reloading[1], CultureInfo.InvariantCulture), Is.InRange(before - 1, Stopwatch.GetTimestamp() / 1000));
        Assert.That(socket.Receive(), Is.EqualTo("WATCHDOG=1"));
        Assert.That(socket.Receive(), Is.EqualTo("STOPPING=1\nSTATUS=Stopping"));
        Assert.That(_log.All, Is.Empty);
    }

    [TestCase("30000000", null, 15.0)]
    [TestCase("30000000", "", 15.0)]
    [TestCase("30000000", "own", 15.0)]
    [TestCase("30000000", "1", null)]
    [TestCase("0", null, null)]
    [TestCase("soon", null, null)]
    [TestCase(null, null, null)]
    public void The_watchdog_wants_a_sign_at_half_of_its_time(string? time, string? process, double? seconds)
    {
        using var folder = new TempDirectory();
        using NotifySocket socket = new(folder.PathOf("notify"));
        _environment["NOTIFY_SOCKET"] = socket.Address;
        _environment["WATCHDOG_USEC"] = time;
        _environment["WATCHDOG_PID"] = process == "own" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process;
        using ServiceManager manager = Create();

        Assert.That(manager.WatchdogInterval?.TotalSeconds, Is.EqualTo(seconds));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_manager_that_is_gone_is_told_of_once_and_holds_nothing_up()
    {
        using var folder = new TempDirectory();
        _environment["NOTIFY_SOCKET"] = folder.PathOf("notify");
        using (ServiceManager nobody = Create())
        {
            nobody.Ready("");
        }

        Assert.That(_log.All.Single().Message, Does.Contain("The service manager can't be told: NOTIFY_SOCKET="));

        using NotifySocket socket = new(folder.PathOf("notify"));
        using ServiceManager manager = Create();
        socket.Dispose();
        manager.Ready("");
        manager.SignOfLife();
        Assert.That(_log.All, Has.Count.EqualTo(2));
    }

    [Test]
    public void Without_a_manager_nothing_is_told()
    {
        using ServiceManager manager = Create();
        manager.Ready("");

        Assert.That(manager.WatchdogInterval, Is.Null);
        Assert.That(_log.All, Is.Empty);
    }

    private ServiceManager Create() => new(_log.CreateLogger("manager"), _environment.GetValueOrDefault);
}
