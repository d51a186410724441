using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A client and a server over a <see cref="MemoryLink"/>.</summary>
internal sealed class DtlsPair : IDisposable
{
    internal DtlsPair(
        DtlsContext? client = null,
        DtlsContext? server = null,
        FifoTransportOptions? transport = null,
        DtlsConnectionOptions? clientOptions = null,
        bool recording = true,
        DtlsConnectionOptions? serverOptions = null)
    {
        Link = new MemoryLink(transport, recording);
        Client = new DtlsConnection(client ?? TestContexts.Client, Link.Client, DtlsRole.Client, clientOptions);
        Server = new DtlsConnection(server ?? TestContexts.Server, Link.Server, DtlsRole.Server, serverOptions);
    }

    internal MemoryLink Link { get; }

    internal DtlsConnection Client { get; }

    internal DtlsConnection Server { get; }

    internal DtlsConnection this[DtlsRole role] => role == DtlsRole.Client ? Client : Server;

    /// <summary>A pair that has done its handshake.</summary>
    internal static DtlsPair Established(
        DtlsContext? client = null, DtlsContext? server = null, FifoTransportOptions? transport = null, bool recording = true)
    {
        DtlsPair pair = new(client, server, transport, recording: recording);
        pair.Handshake();
        return pair;
    }

    /// <summary>Does the handshake on both sides.</summary>
    internal void Handshake()
    {
        BlockingThread server = BlockingThread.Start("server", () => Server.Handshake(Limits.Watchdog));
        BlockingThread client = BlockingThread.Start("client", () => Client.Handshake(Limits.Watchdog));
        BlockingThread.JoinAll(Limits.Watchdog * 1.5, client, server);
    }

    /// <summary>Does a handshake that is expected to fail.</summary>
    /// <returns>What each side threw, or <see langword="null"/> for a side that was still waiting when the other had failed, or that had succeeded.</returns>
    internal (Exception? Client, Exception? Server) HandshakeFailures()
    {
        BlockingThread server = BlockingThread.Start("server", () => Server.Handshake(Limits.Watchdog));
        BlockingThread client = BlockingThread.Start("client", () => Client.Handshake(Limits.Watchdog));
        bool ended = client.TryJoin(Limits.Watchdog) & server.TryJoin(Limits.Watchdog);
        Assert.That(ended, Is.True, "both handshakes end");
        return (client.Exception, server.Exception);
    }

    /// <summary>Sends a payload one way and receives it intact at the other end.</summary>
    internal void AssertDelivers(DtlsRole from, string text = "a payload")
    {
        DtlsConnection sender = this[from];
        DtlsConnection receiver = from == DtlsRole.Client ? Server : Client;
        byte[] buffer = new byte[2048];
        sender.Send(Encoding.UTF8.GetBytes(text));
        DtlsReceiveResult result = receiver.Receive(buffer, Limits.Watchdog);
        Assert.That(result.Status, Is.EqualTo(DtlsReceiveStatus.Data));
        Assert.That(Encoding.UTF8.GetString(buffer, 0, result.Length), Is.EqualTo(text));
    }

    /// <summary>Delivers a payload each way.</summary>
    internal void AssertAlive()
    {
        AssertDelivers(DtlsRole.Client, "to the server");
        AssertDelivers(DtlsRole.Server, "to the client");
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        Link.Dispose();
    }
}
