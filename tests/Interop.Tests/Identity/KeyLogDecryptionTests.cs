using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>tshark reads, with the key log file and only with it, what two sides said to each other.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class KeyLogDecryptionTests
{
    [Test]
    public void Tshark_decrypts_an_association([Values] bool psk)
    {
        Requires.Tool("tshark");
        using TempDirectory directory = new();
        string keys = directory.PathOf("keys.log");
        string capture = directory.PathOf("association.pcap");
        Talk(capture, keys, psk);
        string up = Convert.ToHexStringLower("a secret to the server"u8);
        string down = Convert.ToHexStringLower("a secret to the client"u8);
        Assert.That(Decrypt(capture, keys), Is.EqualTo(new[] { up, down }));
        Assert.That(Decrypt(capture, directory.Write("no-keys.log", "")), Is.Empty);
        Assert.That(Tshark.Fields(capture, PcapFile.ServerPort, Tshark.Faults, keys, "frame.number"), Is.Empty);
    }

    private static void Talk(string capture, string keys, bool psk)
    {
        using DtlsContext clientContext = ClientContext(keys, psk);
        using DtlsContext serverContext = ServerContext(psk);
        using PcapFile pcap = new(capture);
        FifoTransport? toServer = null;
        FifoTransport? toClient = null;
        toServer = new FifoTransport(datagram =>
        {
            pcap.Add(toServer: false, datagram);
            toClient!.Push(datagram);
        });
        toClient = new FifoTransport(datagram =>
        {
            pcap.Add(toServer: true, datagram);
            toServer.Push(datagram);
        });
        using DtlsConnection server = new(serverContext, toServer, DtlsRole.Server);
        using DtlsConnection client = new(clientContext, toClient, DtlsRole.Client);
        BlockingThread serving = BlockingThread.Start("server", () => server.Handshake(Limits.Step));
        client.Handshake(Limits.Step);
        serving.Join(Limits.Step);
        byte[] buffer = new byte[100];
        client.Send("a secret to the server"u8);
        Assert.That(server.Receive(buffer, Limits.Step).HasData, Is.True);
        server.Send("a secret to the client"u8);
        Assert.That(client.Receive(buffer, Limits.Step).HasData, Is.True);
    }

    private static DtlsContext ClientContext(string keys, bool psk) => new(new DtlsContextOptions
    {
        TrustAnchors = psk ? [] : [TestPki.Ca],
        ClientPsk = psk ? _ => new DtlsPsk("someone", new byte[16]) : null,
        CipherSuites = psk ? [TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256] : [],
        KeyLogFile = keys,
    });

    private static DtlsContext ServerContext(bool psk)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = psk ? null : credentials,
            ServerPsk = psk ? _ => new byte[16] : null,
            ClientCertificates = DtlsClientCertificates.None,
        });
    }

    private static string[] Decrypt(string capture, string keys) => Tshark.Fields(capture, PcapFile.ServerPort, "data", keys, "data.data");
}
