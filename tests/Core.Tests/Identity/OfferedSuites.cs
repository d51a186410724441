using System.Buffers.Binary;
using System.Net.Security;

namespace FifoDtls.Tests;

/// <summary>What a client's ClientHello offers.</summary>
internal static class OfferedSuites
{
    private const TlsCipherSuite RenegotiationInfo = (TlsCipherSuite)0x00FF; // a signal, no suite (RFC 5746 §3.3)

    internal static IReadOnlyList<TlsCipherSuite> Of(DtlsContext client)
    {
        using MemoryLink link = new();
        using DtlsConnection connection = new(client, link.Client, DtlsRole.Client);
        Assert.That(() => connection.Handshake(TimeSpan.FromMilliseconds(1)), Throws.InstanceOf<TimeoutException>());
        byte[] hello = link.ToServer.Sent[0];
        int at = 13 + 12 + 2 + 32; // record header, message header, version, random (RFC 6347 §4.2.1)
        at += 1 + hello[at]; // session id
        at += 1 + hello[at]; // cookie
        int size = BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(at));
        return
        [
            .. Enumerable.Range(0, size / 2)
                .Select(i => (TlsCipherSuite)BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(at + 2 + (2 * i))))
                .Where(suite => suite != RenegotiationInfo),
        ];
    }
}
