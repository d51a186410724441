using FifoDtls.TestSupport;
using FifoDtls.Tests;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>Our connection and BouncyCastle in one process: two FIFO transports, each of which sends into the other.</summary>
internal sealed class BouncyPair : IDisposable
{
    private static readonly TimeSpan ReplyWait = TimeSpan.FromMilliseconds(300);

    private readonly BouncyEcho _theirs;

    private BouncyPair(MemoryLink link, DtlsContext context, DtlsRole role, Func<BouncyEcho> start, DtlsConnectionOptions? options)
    {
        Link = link;
        Ours = new DtlsConnection(context, role == DtlsRole.Client ? link.Client : link.Server, role, options);
        _theirs = start();
    }

    internal MemoryLink Link { get; }

    internal DtlsConnection Ours { get; }

    /// <summary>BouncyCastle's client calls our server.</summary>
    internal static BouncyPair Serve(DtlsContext context, TlsClient client, MemoryLink? link = null, DtlsConnectionOptions? options = null)
    {
        MemoryLink wire = link ?? new MemoryLink();
        return new BouncyPair(wire, context, DtlsRole.Server, () => BouncyEcho.Connect(wire.Client, client), options);
    }

    /// <summary>Our client calls BouncyCastle's server.</summary>
    internal static BouncyPair Call(DtlsContext context, TlsServer server, MemoryLink? link = null, DtlsConnectionOptions? options = null)
    {
        MemoryLink wire = link ?? new MemoryLink();
        return new BouncyPair(wire, context, DtlsRole.Client, () => BouncyEcho.Accept(wire.Server, server), options);
    }

    public void Dispose()
    {
        Ours.Dispose();
        _theirs.Dispose();
        Link.Dispose();
    }

    /// <summary>Does the handshake, and sees payloads cross both ways.</summary>
    internal DtlsNegotiated Establish()
    {
        Ours.Handshake(Limits.Step);
        ExpectEcho("over and back"u8);
        return Ours.Negotiated!;
    }

    /// <summary>Sends a payload until it comes back: until BouncyCastle has all of its handshake, it drops payloads.</summary>
    internal void ExpectEcho(ReadOnlySpan<byte> payload)
    {
        byte[] buffer = new byte[Math.Max(2_048, payload.Length)];
        long end = Environment.TickCount64 + (long)Limits.Step.TotalMilliseconds;
        DtlsReceiveResult result;
        do
        {
            Ours.Send(payload);
            result = Ours.Receive(buffer, ReplyWait);
        }
        while (result.Status == DtlsReceiveStatus.TimedOut && Environment.TickCount64 < end);
        Assert.That(buffer.AsSpan(0, result.Length).SequenceEqual(payload), Is.True, $"{result}");
    }

    /// <summary>Closes on our side, and sees BouncyCastle end in order.</summary>
    internal void Close()
    {
        Ours.Close();
        _theirs.ExpectEnd();
    }

    /// <summary>Makes BouncyCastle close, and sees its close_notify. Late echoes of a lossy path may come before it.</summary>
    internal void ExpectClose()
    {
        Ours.Send(BouncyEcho.CloseRequest);
        byte[] buffer = new byte[2_048];
        DtlsReceiveResult result;
        do
        {
            result = Ours.Receive(buffer, Limits.Step);
        }
        while (result.HasData);
        Assert.That(result.Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        _theirs.ExpectEnd();
    }

    /// <inheritdoc cref="BouncyEcho.ExpectFailure"/>
    internal Exception ExpectFailure() => _theirs.ExpectFailure();
}
