using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>OpenSSL's client talks to <c>echo</c>.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(120_000)]
public sealed class OpenSslClientTests
{
    private const int Clients = 20;
    private const int LinesPerClient = 10;

    [Test]
    public void Twenty_clients_at_once_through_one_socket_each_get_exactly_their_own_lines()
    {
        Requires.Tool("openssl");
        using EchoProgram echo = EchoProgram.Start();
        var clients = new List<OpenSslClient>();
        try
        {
            for (int i = 0; i < Clients; i++)
            {
                clients.Add(OpenSslClient.StartQuiet(echo.EndPoint));
            }

            for (int line = 0; line < LinesPerClient; line++)
            {
                SendToAll(clients, line);
            }

            for (int i = 0; i < Clients; i++)
            {
                clients[i].End();
                Assert.That(clients[i].Process.Lines(OutputStream.Output), Is.EqualTo(Enumerable.Range(0, LinesPerClient).Select(line => Line(i, line))));
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        echo.End();
    }

    [TestCase("127.0.0.1:0")]
    [TestCase("0.0.0.0:0")]
    [TestCase("[::1]:0")]
    [TestCase("[::]:0")]
    public void A_client_gets_its_lines_back_and_its_close_notify_ends_the_session(string listen)
    {
        Requires.Tool("openssl");
        if (listen.Contains("::", StringComparison.Ordinal))
        {
            Requires.IPv6();
        }

        using EchoProgram echo = EchoProgram.Start("--listen", listen);
        using OpenSslClient client = OpenSslClient.StartQuiet(echo.EndPoint);
        client.Exchange("first");
        client.Exchange("second");
        client.End();
        echo.WaitForLog($"ended, ClosedByPeer: in order; 2 payloads received, 2 sent, 0 datagrams invalid");
        echo.End();
    }

    [Test]
    public void A_server_certificate_with_an_intermediate_is_sent_with_it()
    {
        Requires.Tool("openssl");
        using EchoProgram echo = EchoProgram.Start(TestFiles.ChainedServer);
        using OpenSslClient client = OpenSslClient.StartQuiet(echo.EndPoint);
        client.Exchange("chained");
        client.End();
        echo.End();
    }

    [Test]
    public void A_client_with_a_small_mtu_sends_its_certificate_in_fragments_and_is_served()
    {
        Requires.Tool("openssl");
        using EchoProgram echo = EchoProgram.Start("--ca", TestFiles.Ca, "--require-client-cert");
        using OpenSslClient client = OpenSslClient.StartQuiet(
            echo.EndPoint, "-mtu", "400", "-cert", TestFiles.Client.CertificatePath, "-key", TestFiles.Client.KeyPath);
        client.Exchange("small");
        client.End();
        echo.WaitForLog("0 datagrams invalid");
        echo.End();
    }

    private static void SendToAll(List<OpenSslClient> clients, int line)
    {
        for (int i = 0; i < clients.Count; i++)
        {
            clients[i].Process.WriteLine(Line(i, line));
        }

        for (int i = 0; i < clients.Count; i++)
        {
            clients[i].WaitForReply(Line(i, line));
        }
    }

    private static string Line(int client, int line) => $"client {client} line {line}";
}
