using System.Net;
using FifoDtls;

namespace FifoVpn.Links;

/// <summary>An association over the node's own socket.</summary>
internal sealed class DirectLink(DtlsPeer association) : PeerLink(association.Negotiated!)
{
    public DtlsPeer Association { get; } = association;

    public override DtlsRole Role => Association.Role;

    public override IPEndPoint? RemoteEndPoint => Association.RemoteEndPoint;

    public override string Where => Association.RemoteEndPoint.ToString();

    public override DtlsConnectionStatistics Statistics => Association.Statistics;

    public override void Send(ReadOnlySpan<byte> payload) => Association.Send(payload);

    public override void SendBatch(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths) => Association.SendBatch(payloads, lengths);

    public override DtlsReceiveResult ReceiveBatch(Span<byte> buffer, Span<int> lengths, out int count, TimeSpan timeout) => Association.ReceiveBatch(buffer, lengths, out count, timeout);

    public override DtlsSession? ExportSession() => Association.ExportSession();

    public override void Close() => Association.Close();
}
