using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>BouncyCastle and a whole <see cref="DtlsEndpoint"/> on loopback.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class BouncyEndpointTests
{
    [Test]
    public void Its_client_answers_our_HelloVerifyRequest_and_is_served([Values] bool rsa)
    {
        using DtlsContext context = Contexts.Server(rsa ? TestPki.ServerRsa : TestPki.Server, DtlsClientCertificates.Required);
        using DtlsEndpoint server = new(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ServerContext = context });
        using BouncySocket socket = new(server.LocalEndPoint);
        using BouncyEcho client = BouncyEcho.Connect(socket.Fifo, new BouncyClient { Identity = new BouncyIdentity(TestPki.ClientRsa) });
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(server.Statistics.HelloVerifyRequests, Is.Positive);
        Assert.That(peer.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(TestPki.ClientRsa.RawData));
        ExpectEcho(peer);
        peer.Close();
        client.ExpectEnd();
    }

    /// <summary>It sends no HelloVerifyRequest, which a client does not insist on.</summary>
    [Test]
    public void Its_server_is_reached([Values] bool rsa)
    {
        using BouncySocket socket = new();
        BouncyServer settings = new(new BouncyIdentity(rsa ? TestPki.ServerRsa : TestPki.Server)) { AsksForCertificate = true };
        using BouncyEcho server = BouncyEcho.Accept(socket.Fifo, settings);
        using DtlsContext context = Contexts.Client(TestPki.Client);
        using DtlsEndpoint client = new(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ClientContext = context });
        using DtlsPeer peer = client.Connect(socket.LocalEndPoint, new DtlsConnectOptions { ServerName = TestPki.ServerName, HandshakeTimeout = Limits.Step });
        Assert.That(settings.ClientChain!.GetCertificateAt(0).GetEncoded(), Is.EqualTo(TestPki.Client.RawData));
        ExpectEcho(peer);
        peer.Send(BouncyEcho.CloseRequest);
        Assert.That(peer.Receive(new byte[100], Limits.Step).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        server.ExpectEnd();
    }

    private static void ExpectEcho(DtlsPeer peer)
    {
        byte[] buffer = new byte[100];
        peer.Send("over and back"u8);
        DtlsReceiveResult result = peer.Receive(buffer, Limits.Step);
        Assert.That(buffer.AsSpan(0, result.Length).SequenceEqual("over and back"u8), Is.True, $"{result}");
    }
}
