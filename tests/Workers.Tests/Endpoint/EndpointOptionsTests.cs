using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Tests;

public sealed class EndpointOptionsTests
{
    private static readonly TestCaseData[] OutOfRange =
    [
        Case(nameof(DtlsEndpointOptions.MaxPeers), new() { MaxPeers = 0, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxPeers), new() { MaxPeers = 1_000_001, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHandshakes), new() { MaxHandshakes = 0, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHandshakes), new() { MaxHandshakes = 1_000_001, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.AcceptBacklog), new() { AcceptBacklog = 0, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.AcceptBacklog), new() { AcceptBacklog = 1_000_001, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.FifoCapacity), new() { FifoCapacity = 0, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.FifoCapacity), new() { FifoCapacity = (1 << 20) + 1, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxDatagramSize), new() { MaxDatagramSize = 255, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxDatagramSize), new() { MaxDatagramSize = 65_508, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxReceiveSize), new() { MaxReceiveSize = 255, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxReceiveSize), new() { MaxReceiveSize = 65_508, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.SocketBufferSize), new() { SocketBufferSize = 4_095, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.WorkerStackSize), new() { WorkerStackSize = (128 << 10) - 1, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.WorkerStackSize), new() { WorkerStackSize = (64 << 20) + 1, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxParkedThreads), new() { MaxParkedThreads = -1, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxParkedThreads), new() { MaxParkedThreads = 10_001, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.CookieRotation), new() { CookieRotation = TimeSpan.FromMilliseconds(999), ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.ShutdownTimeout), new() { ShutdownTimeout = TimeSpan.FromTicks(-1), ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.HandshakeTimeout), new() { HandshakeTimeout = TimeSpan.Zero, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.HandshakeTimeout), new() { HandshakeTimeout = Timeout.InfiniteTimeSpan, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.IdleTimeout), new() { IdleTimeout = TimeSpan.FromMilliseconds(99), ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.RetransmissionTimeout), new() { RetransmissionTimeout = TimeSpan.FromMilliseconds(19), ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxRetransmissionTimeout), new() { MaxRetransmissionTimeout = TimeSpan.FromMilliseconds(999), ClientContext = TestContexts.Client }),
    ];

    [TestCaseSource(nameof(OutOfRange))]
    public void An_option_out_of_its_range_is_refused_by_name(string option, DtlsEndpointOptions options) =>
        Assert.That(() => new DtlsEndpoint(options), Throws.InstanceOf<ArgumentOutOfRangeException>()
            .With.Message.Contains(option).And.Property(nameof(ArgumentException.ParamName)).EqualTo(option));

    [Test]
    public void The_limits_of_the_ranges_are_allowed()
    {
        using DtlsEndpoint endpoint = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ClientContext = TestContexts.Client,
            MaxPeers = 1,
            MaxHandshakes = 1,
            AcceptBacklog = 1,
            FifoCapacity = 1,
            MaxDatagramSize = 256,
            MaxReceiveSize = 65_507,
            SocketBufferSize = 4_096,
            WorkerStackSize = 128 << 10,
            MaxParkedThreads = 0,
            CookieRotation = TimeSpan.FromSeconds(1),
            ShutdownTimeout = TimeSpan.Zero,
            HandshakeTimeout = TimeSpan.FromMilliseconds(1),
        });
        Assert.That(endpoint.LocalEndPoint.Port, Is.Positive);
    }

    [Test]
    public void An_endpoint_without_any_context_says_what_to_set() =>
        Assert.That(() => new DtlsEndpoint(new DtlsEndpointOptions()), Throws.ArgumentException
            .With.Message.Contains(nameof(DtlsEndpointOptions.ServerContext)).And.Message.Contains(nameof(DtlsEndpointOptions.ClientContext)));

    [Test]
    public void A_server_context_without_credentials_says_what_to_set()
    {
        using var context = new DtlsContext(new DtlsContextOptions { TrustAnchors = [TestSupport.TestPki.Ca] });
        Assert.That(
            () => new DtlsEndpoint(new DtlsEndpointOptions { ServerContext = context }),
            Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsContextOptions.Credentials)));
    }

    [Test]
    public void A_context_that_is_to_verify_and_trusts_nobody_says_what_to_set([Values] DtlsRole role)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestSupport.TestPki.Server);
        using var context = new DtlsContext(new DtlsContextOptions { Credentials = credentials });
        DtlsEndpointOptions options = role == DtlsRole.Server ? new() { ServerContext = context } : new() { ClientContext = context };
        string otherwise = role == DtlsRole.Server ? nameof(DtlsContextOptions.ClientCertificates) : nameof(DtlsContextOptions.VerifyServer);

        Assert.That(() => new DtlsEndpoint(options), Throws.InvalidOperationException
            .With.Message.Contains(nameof(DtlsContextOptions.TrustAnchors)).And.Message.Contains(otherwise));
    }

    [Test]
    public void A_port_in_use_is_refused_as_such()
    {
        using DtlsEndpoint first = TestEndpoints.Client();
        int sockets = ProcessState.Sockets;

        Assert.That(
            () => TestEndpoints.Client(local: first.LocalEndPoint),
            Throws.InstanceOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.AddressAlreadyInUse));
        Assert.That(ProcessState.Sockets, Is.EqualTo(sockets), "the socket that could not be bound is closed");
    }

    [Test]
    public void An_address_that_is_not_ours_is_refused_as_such() =>
        Assert.That(
            () => TestEndpoints.Client(local: new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)),
            Throws.InstanceOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.AddressNotAvailable));

    [Test]
    public void To_connect_or_accept_without_the_context_for_it_says_what_to_set()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsEndpoint echo = TestEndpoints.EchoServer();

        Assert.That(() => server.Connect(client.LocalEndPoint), Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsEndpointOptions.ClientContext)));
        Assert.That(() => client.Accept(), Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsEndpointOptions.ServerContext)));
        Assert.That(() => echo.Accept(), Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsEndpointOptions.Session)));
    }

    private static TestCaseData Case(string option, DtlsEndpointOptions options) => new TestCaseData(option, options).SetArgDisplayNames(option);
}
