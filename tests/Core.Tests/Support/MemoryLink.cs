namespace FifoDtls.Tests;

/// <summary>Two FIFO transports, each of which sends into the other.</summary>
internal sealed class MemoryLink : IDisposable
{
    internal MemoryLink(FifoTransportOptions? options = null, bool recording = true)
    {
        ToServer = new LinkDirection(recording);
        ToClient = new LinkDirection(recording);
        Client = new FifoTransport(ToServer.Send, options);
        Server = new FifoTransport(ToClient.Send, options);
        ToServer.ConnectTo(Server);
        ToClient.ConnectTo(Client);
    }

    internal FifoTransport Client { get; }

    internal FifoTransport Server { get; }

    internal LinkDirection ToServer { get; }

    internal LinkDirection ToClient { get; }

    /// <summary>The direction in which <paramref name="role"/> sends.</summary>
    internal LinkDirection From(DtlsRole role) => role == DtlsRole.Client ? ToServer : ToClient;

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
