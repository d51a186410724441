using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoDtls.Stress;

/// <summary>The server of a soak, and of a flood: checks each payload, that it comes from the peer that the association began with, and sends it back.</summary>
internal sealed class SoakServer : IDisposable
{
    private const int MaxPayloadSize = 16_384; // of a record, RFC 5246 §6.2.1

    private readonly DtlsContext _context = CreateContext();
    private readonly ConcurrentDictionary<string, long> _ends = new();
    private readonly ConcurrentDictionary<string, long> _violations = new();
    private long _payloads;
    private long _payloadErrors;
    private long _crossDeliveries;
    private long _tooLarge;

    internal SoakServer(int peers, TimeSpan idleTimeout, bool offload)
    {
        Endpoint = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            ServerContext = _context,
            MaxPeers = Math.Max(1_000, peers * 8), // the dead and the half-open have places too
            IdleTimeout = idleTimeout,
            HandshakeTimeout = SoakTimes.Handshake,
            ShutdownTimeout = SoakTimes.Shutdown,
            SegmentationOffload = offload,
            Session = Echo,
            PeerEnded = CountEnd,
        });
    }

    internal DtlsEndpoint Endpoint { get; }

    /// <summary>Ends all associations, and what has been counted.</summary>
    internal SoakServerReport Finish()
    {
        int peers = Endpoint.Statistics.Peers;
        Endpoint.Dispose();
        DtlsEndpointStatistics statistics = Endpoint.Statistics;
        if (statistics.Peers > 0 || statistics.WorkerThreads > 0)
        {
            SoakCounters.Count(_violations, $"after Dispose the server has {statistics.Peers} peers and {statistics.WorkerThreads} threads");
        }

        return new SoakServerReport(
            Volatile.Read(ref _payloads), Volatile.Read(ref _payloadErrors), Volatile.Read(ref _crossDeliveries), Volatile.Read(ref _tooLarge), peers,
            new SortedDictionary<string, long>(_ends), new SortedDictionary<string, long>(_violations), statistics);
    }

    public void Dispose()
    {
        Endpoint.Dispose();
        _context.Dispose();
    }

    private void Echo(DtlsPeer peer)
    {
        byte[] buffer = new byte[2 * MaxPayloadSize]; // a further payload is taken where there is room for the largest
        int[] lengths = new int[SoakLife.MaxBatch];
        int limit = peer.Negotiated!.MaxPayloadSize;
        (int Peer, int Life)? owner = null;
        while (peer.ReceiveBatch(buffer, lengths, out int count, Timeout.InfiniteTimeSpan).HasData)
        {
            bool goesOn = true;
            int at = 0;
            int kept = 0; // bytes and payloads that go back, moved together
            int good = 0;
            foreach (int length in lengths.AsSpan(0, count))
            {
                Span<byte> payload = buffer.AsSpan(at, length);
                at += length;
                if (IsGood(payload, limit, ref owner, ref goesOn))
                {
                    payload.CopyTo(buffer.AsSpan(kept));
                    kept += length;
                    lengths[good++] = length;
                }
            }

            if (!SendBack(peer, buffer.AsSpan(0, kept), lengths.AsSpan(0, good)) || !goesOn)
            {
                return;
            }
        }
    }

    /// <summary>Whether a payload is to go back.</summary>
    private bool IsGood(ReadOnlySpan<byte> payload, int limit, ref (int Peer, int Life)? owner, ref bool goesOn)
    {
        Interlocked.Increment(ref _payloads);
        if (!SoakPayload.TryRead(payload, out SoakPayload header))
        {
            Interlocked.Increment(ref _payloadErrors);
            return false;
        }

        owner ??= (header.Peer, header.Life);
        if (owner != (header.Peer, header.Life))
        {
            Interlocked.Increment(ref _crossDeliveries);
            return false;
        }

        goesOn &= !header.AsksForClose;
        if (payload.Length > limit)
        {
            Interlocked.Increment(ref _tooLarge); // this side's flights were cut smaller after losses than the client's
            return false;
        }

        return true;
    }

    private static bool SendBack(DtlsPeer peer, ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        try
        {
            peer.SendBatch(payloads, lengths);
            return true;
        }
        catch (DtlsClosedException)
        {
            return false; // closed between Receive and Send
        }
    }

    private void CountEnd(DtlsPeer peer)
    {
        SoakCounters.Count(_ends, peer.End.ToString());
        if (peer.End == DtlsPeerEnd.SessionFailed || (peer.End == DtlsPeerEnd.Failed && peer.Negotiated is not null))
        {
            SoakCounters.Count(_violations, $"server: an established association ended as {peer.End}: {peer.Failure?.GetType().Name}: {peer.Failure?.Message}");
        }
    }

    private static DtlsContext CreateContext()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = new CertificateRequest("CN=soak", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(30));
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
    }
}
