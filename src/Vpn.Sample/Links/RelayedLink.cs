using System.Net;
using FifoDtls;

namespace FifoVpn.Links;

/// <summary>An association whose datagrams go through a rendezvous server, inside the association with it. The server can't read them.</summary>
internal sealed class RelayedLink(DtlsConnection connection, string relay) : PeerLink(connection.Negotiated!)
{
    public override DtlsRole Role => connection.Role;

    public override IPEndPoint? RemoteEndPoint => null;

    public override string? Relay => relay;

    public override string Where => $"relay {relay}";

    public override DtlsConnectionStatistics Statistics => connection.Statistics;

    public override void Send(ReadOnlySpan<byte> payload) => connection.Send(payload);

    public override void SendBatch(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths) => connection.SendBatch(payloads, lengths);

    public override DtlsReceiveResult ReceiveBatch(Span<byte> buffer, Span<int> lengths, out int count, TimeSpan timeout) => connection.ReceiveBatch(buffer, lengths, out count, timeout);

    public override DtlsSession? ExportSession() => connection.ExportSession();

    public override void Close() => connection.Close();
}
