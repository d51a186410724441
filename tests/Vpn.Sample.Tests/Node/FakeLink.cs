using System.Net;
using System.Net.Security;
using System.Reflection;
using FifoDtls;
using FifoVpn.Links;

namespace FifoVpn.Tests.Node;

/// <summary>A link on paper: it keeps what is sent, and can be made to refuse. A relayed one has no endpoint.</summary>
internal sealed class FakeLink(string name, IPEndPoint? endPoint = null) : PeerLink(Settled())
{
    public const int MaxPayload = 1_400;

    private readonly Lock _lock = new();
    private readonly List<byte[]> _sent = [];

    public IReadOnlyList<byte[]> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>How many payloads came together, of each batch.</summary>
    public List<int> Batches { get; } = [];

    public bool IsClosed { get; private set; }

    public override DtlsRole Role => DtlsRole.Server;

    public override IPEndPoint? RemoteEndPoint => endPoint;

    public override string Where => name;

    public override DtlsConnectionStatistics Statistics => default;

    public override void Send(ReadOnlySpan<byte> payload)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        lock (_lock)
        {
            _sent.Add(payload.ToArray());
        }
    }

    public override void SendBatch(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        lock (_lock)
        {
            Batches.Add(lengths.Length);
            foreach (int length in lengths)
            {
                _sent.Add(payloads[..length].ToArray());
                payloads = payloads[length..];
            }
        }
    }

    public override DtlsReceiveResult ReceiveBatch(Span<byte> buffer, Span<int> lengths, out int count, TimeSpan timeout) => throw new NotSupportedException();

    public override DtlsSession? ExportSession() => null;

    public override void Close() => IsClosed = true;

    // Only a handshake makes one.
    private static DtlsNegotiated Settled() => (DtlsNegotiated)Activator.CreateInstance(
        typeof(DtlsNegotiated), BindingFlags.Instance | BindingFlags.NonPublic, null, [DtlsVersion.Dtls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, null, null, MaxPayload], null)!;
}
