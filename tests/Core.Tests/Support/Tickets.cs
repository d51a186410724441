using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Servers with session tickets, clients that take them, and what is seen of tickets on the wire.</summary>
internal static unsafe class Tickets
{
    internal const string Scope = "tickets";

    private const int ControlSessionNumber = 20; // SSL_CTRL_SESS_NUMBER
    private const byte NewSessionTicket = 4; // RFC 5077 §3.3
    private const int FragmentHeaders = 25;

    internal static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    internal static byte[] Key => [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    internal static DtlsContext Server(
        DtlsTicketOptions tickets,
        string scope = Scope,
        TimeSpan? lifetime = null,
        DtlsClientCertificates clients = DtlsClientCertificates.Required,
        X509Certificate2? certificate = null,
        X509Certificate2[]? trusted = null,
        byte[]? revoked = null) => Make(certificate ?? TestPki.Server, scope, lifetime, clients, trusted, tickets, revoked);

    /// <summary>Has no tickets of its own: a client needs none.</summary>
    internal static DtlsContext Client(TimeSpan? lifetime = null, X509Certificate2? certificate = null, X509Certificate2[]? trusted = null) =>
        Make(certificate ?? TestPki.Client, Scope, lifetime, DtlsClientCertificates.Required, trusted, null);

    internal static DtlsPair Pair(DtlsContext client, DtlsContext server, DtlsSession? session = null, int mtu = 16_000) =>
        new(client, server, new FifoTransportOptions { MaxDatagramSize = mtu }, new DtlsConnectionOptions { Session = session });

    /// <summary>A session of a full handshake.</summary>
    internal static DtlsSession Session(DtlsContext client, DtlsContext server) => Session(client, server, out _);

    /// <summary>A session of a full handshake, and the ticket that goes with it.</summary>
    internal static DtlsSession Session(DtlsContext client, DtlsContext server, out byte[] ticket)
    {
        using DtlsPair pair = Pair(client, server);
        pair.Handshake();
        Assert.That(pair.Client.Negotiated!.WasResumed, Is.False);
        ticket = Sent(pair).Single();
        return pair.Client.ExportSession()!;
    }

    internal static bool IsResumed(DtlsContext client, DtlsContext server, DtlsSession session) => IsResumed(client, server, session, out _);

    /// <summary>Connects with a session; whether it was resumed, and the tickets that the server gave.</summary>
    internal static bool IsResumed(DtlsContext client, DtlsContext server, DtlsSession session, out byte[][] tickets)
    {
        using DtlsPair pair = Pair(client, server, session);
        pair.Handshake();
        pair.AssertAlive();
        tickets = Sent(pair);
        Assert.That(pair.Server.Negotiated!.WasResumed, Is.EqualTo(pair.Client.Negotiated!.WasResumed));
        return pair.Client.Negotiated.WasResumed;
    }

    /// <summary>The tickets that a server has sent in whole messages, the empty ones too.</summary>
    internal static byte[][] Sent(DtlsPair pair) => [.. pair.Link.ToClient.Sent
        .SelectMany(datagram => Records.Split(datagram))
        .Where(record => record[0] == DtlsRecord.Handshake && DtlsRecord.Epoch(record) == 0 && record[13] == NewSessionTicket)
        .Select(record => record.AsSpan(FragmentHeaders + 6, BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(FragmentHeaders + 4))).ToArray())];

    /// <summary>How many sessions a context keeps.</summary>
    internal static int Cached(DtlsContext context) => (int)LibSsl.SSL_CTX_ctrl(context.Handle, ControlSessionNumber, new CLong(0), 0).Value;

    /// <summary>Sets an option of a connection's SSL that no option of ours sets.</summary>
    internal static void Set(DtlsConnection connection, ulong option) => LibSsl.SSL_set_options(SslOf(connection).DangerousGetHandle(), option);

    /// <summary>A session with other bytes in place of some of its own, as if its server or somebody on the way had put them there.</summary>
    internal static DtlsSession Replace(DtlsSession session, ReadOnlySpan<byte> part, ReadOnlySpan<byte> by)
    {
        byte[] bytes = session.Export();
        int at = bytes.AsSpan().IndexOf(part);
        Assert.That(at, Is.Positive, "the session has the part");
        by.CopyTo(bytes.AsSpan(at));
        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), bytes.AsSpan(^SHA256.HashSizeInBytes..));
        return DtlsSession.Import(bytes);
    }

    private static DtlsContext Make(
        X509Certificate2 certificate, string scope, TimeSpan? lifetime, DtlsClientCertificates clients, X509Certificate2[]? trusted, DtlsTicketOptions? tickets, byte[]? revoked = null)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = trusted ?? [TestPki.Ca],
            ClientCertificates = clients,
            RevocationLists = revoked is null ? null : DtlsRevocationList.Parse(revoked),
            Resumption = new DtlsResumptionOptions { Scope = scope, Lifetime = lifetime ?? Hour, Tickets = tickets },
        });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ssl")]
    private static extern ref SafeSslHandle SslOf(DtlsConnection connection);
}
