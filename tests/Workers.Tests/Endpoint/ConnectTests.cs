using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class ConnectTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Connect_by_name_requires_that_the_certificate_carries_it([Values("localhost", "127.0.0.1")] string host)
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();

        using DtlsPeer peer = client.Connect(host, server.LocalEndPoint.Port);

        EchoClient.Of(peer).RoundTrip();
    }

    [TestCase("server.fifodtls.test", true)]
    [TestCase("127.0.0.1", true)]
    [TestCase("elsewhere.fifodtls.test", false)]
    [TestCase("127.0.0.2", false)]
    [TestCase(null, true)]
    [Watchdog(60)]
    public void Connect_with_a_server_name_refuses_a_certificate_for_another(string? name, bool accepted)
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        var options = new DtlsConnectOptions { ServerName = name };

        if (accepted)
        {
            using DtlsPeer peer = client.Connect(server.LocalEndPoint, options);
            EchoClient.Of(peer).RoundTrip();
        }
        else
        {
            Assert.That(() => client.Connect(server.LocalEndPoint, options), Throws.InstanceOf<DtlsCertificateException>());
            Assert.That(client.Statistics.Peers, Is.Zero);
        }
    }

    [Test, Watchdog(60)]
    public void Connect_by_a_name_that_the_certificate_does_not_carry_is_refused()
    {
        using DtlsEndpoint server = TestEndpoints.Node(Sessions.Echo, new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        using DtlsEndpoint client = TestEndpoints.Client(local: new IPEndPoint(IPAddress.Any, 0));

        Assert.That(() => client.Connect("127.0.0.2", server.LocalEndPoint.Port), Throws.InstanceOf<DtlsCertificateException>());
    }

    [Test, Watchdog(60)]
    public void Connect_refuses_a_server_that_it_does_not_trust()
    {
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.ServerOfOtherCa,
            Session = Sessions.Echo,
        });
        using DtlsEndpoint client = TestEndpoints.Client();

        Assert.That(() => client.Connect(server.LocalEndPoint), Throws.InstanceOf<DtlsCertificateException>());
    }

    [Test, Watchdog(60)]
    public void Connect_with_a_session_returns_at_once_and_runs_it_on_the_peers_own_thread()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using var done = new ManualResetEventSlim();
        string? thread = null;
        DtlsPeer peer = client.Connect(server.LocalEndPoint, session =>
        {
            thread = Thread.CurrentThread.Name;
            EchoClient.Of(session).RoundTrips(3);
            done.Set();
        });

        Assert.That(done.Wait(Limit), Is.True);
        Assert.That(thread, Is.EqualTo($"dtls {server.LocalEndPoint}"));
        Eventually.Equal(DtlsPeerEnd.ClosedLocally, () => peer.End, Limit, "the end once the session has returned");
        Eventually.Equal(0, () => server.Statistics.Peers, Limit, "the server's peers after the close_notify");
    }

    [Test, Watchdog(60)]
    public void Connect_gives_up_at_its_deadline_and_leaves_nothing()
    {
        using var silent = new UdpSocket(TestEndpoints.Loopback, 65_536, 65_536);
        using DtlsEndpoint client = TestEndpoints.Client();
        var options = new DtlsConnectOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(100) };

        Assert.That(
            () => client.Connect(silent.LocalEndPoint, options),
            Throws.InstanceOf<TimeoutException>().With.Message.Contains(silent.LocalEndPoint.ToString()));
        Assert.That(client.Statistics.Peers, Is.Zero);
        Assert.That(client.Statistics.HandshakesFailed, Is.EqualTo(1));
        Eventually.Equal(0, () => client.Statistics.WorkerThreads, Limit, "the threads");
    }

    [Test, Watchdog(60)]
    public void Connect_ends_when_cancelled_and_leaves_nothing()
    {
        using var silent = new UdpSocket(TestEndpoints.Loopback, 65_536, 65_536);
        using DtlsEndpoint client = TestEndpoints.Client();
        using var cancellation = new CancellationTokenSource();
        BlockingThread connector = BlockingThread.Start("connector", () => client.Connect(silent.LocalEndPoint, cancellationToken: cancellation.Token));
        Eventually.Equal(1, () => client.Statistics.Peers, Limit, "the peers while connecting");

        cancellation.Cancel();

        Assert.That(() => connector.Join(Limit), Throws.InstanceOf<OperationCanceledException>());
        Eventually.Equal(0, () => client.Statistics.Peers, Limit, "the peers");
        Eventually.Equal(0, () => client.Statistics.WorkerThreads, Limit, "the threads");
    }

    [Test, Watchdog(60)]
    public void Connect_ends_when_the_endpoint_is_disposed()
    {
        using var silent = new UdpSocket(TestEndpoints.Loopback, 65_536, 65_536);
        DtlsEndpoint client = TestEndpoints.Client();
        BlockingThread connector = BlockingThread.Start("connector", () => client.Connect(silent.LocalEndPoint));
        Eventually.Equal(1, () => client.Statistics.Peers, Limit, "the peers while connecting");

        client.Dispose();

        Assert.That(() => connector.Join(Limit), Throws.InstanceOf<DtlsClosedException>().With.Property(nameof(DtlsClosedException.ClosedBy)).EqualTo(DtlsSide.Local));
        Assert.That(() => client.Connect(silent.LocalEndPoint), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test, Watchdog(60)]
    public void A_second_Connect_to_the_same_peer_is_refused_and_names_it()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        DtlsPeer first = client.Connect(server.LocalEndPoint);

        DtlsPeerExistsException? refusal = Assert.Throws<DtlsPeerExistsException>(() => client.Connect(server.LocalEndPoint));

        Assert.That(refusal!.Peer, Is.SameAs(first));
        EchoClient.Of(first).RoundTrip();
        first.Dispose();
        using DtlsPeer again = client.Connect(server.LocalEndPoint);
        EchoClient.Of(again).RoundTrip();
    }

    [Test, Watchdog(60)]
    public void Connect_beyond_MaxPeers_is_refused()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint other = TestEndpoints.EchoServer();
        using DtlsEndpoint client = new(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ClientContext = TestContexts.Client, MaxPeers = 1 });
        DtlsPeer first = client.Connect(server.LocalEndPoint);

        Assert.That(() => client.Connect(other.LocalEndPoint), Throws.InvalidOperationException.With.Message.Contains("1 peers"));
        first.Dispose();
        using DtlsPeer second = client.Connect(other.LocalEndPoint);
        EchoClient.Of(second).RoundTrip();
    }

    [Test]
    public void Wrong_arguments_are_named()
    {
        using DtlsEndpoint client = TestEndpoints.Client();

        Assert.That(() => client.Connect("localhost", 0), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("port"));
        Assert.That(() => client.Connect("localhost", 65_536), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("port"));
        Assert.That(() => client.Connect("", 1), Throws.ArgumentException.With.Property("ParamName").EqualTo("host"));
        Assert.That(() => client.Connect("::1", 1), Throws.InstanceOf<SocketException>());
        Assert.That(() => client.Connect(new IPEndPoint(IPAddress.IPv6Loopback, 1)), Throws.ArgumentException.With.Property("ParamName").EqualTo("remote"));
        Assert.That(
            () => client.Connect(new IPEndPoint(IPAddress.Loopback, 1), new DtlsConnectOptions { HandshakeTimeout = TimeSpan.Zero }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(DtlsConnectOptions.HandshakeTimeout)));
        Assert.That(client.Statistics.Peers, Is.Zero);
    }
}
