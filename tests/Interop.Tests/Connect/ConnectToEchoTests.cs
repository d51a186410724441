using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>The two programs talk to each other.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class ConnectToEchoTests
{
    [Test]
    public void A_thousand_lines_come_back_in_order()
    {
        const int Lines = 1000;
        const int Window = 50; // in flight at a time: fewer than a FIFO holds, so that none is dropped
        using EchoProgram echo = EchoProgram.Start();
        using ConnectProgram client = ConnectProgram.Start(echo.EndPoint);
        string[] expected = [.. Enumerable.Range(0, Lines).Select(i => $"line {i} äöü €")];
        for (int i = 0; i < Lines; i++)
        {
            client.Process.WriteLine(expected[i]);
            if (i % Window == Window - 1)
            {
                client.WaitForReply(expected[i]);
            }
        }

        client.End();
        Assert.That(client.Process.Lines(OutputStream.Output), Is.EqualTo(expected));
        echo.WaitForLog($"ended, ClosedByPeer: in order; {Lines} payloads received, {Lines} sent, 0 datagrams invalid, 0 dropped");
        echo.End();
    }

    [Test]
    public void An_echo_bound_to_all_IPv6_addresses_serves_an_IPv4_and_an_IPv6_client()
    {
        Requires.IPv6();
        using EchoProgram echo = EchoProgram.Start("--listen", "[::]:0");
        using ConnectProgram ipv4 = ConnectProgram.Start(new IPEndPoint(IPAddress.Loopback, echo.EndPoint.Port));
        using ConnectProgram ipv6 = ConnectProgram.Start(new IPEndPoint(IPAddress.IPv6Loopback, echo.EndPoint.Port));
        ipv4.Exchange("four");
        ipv6.Exchange("six");
        ipv4.Exchange("four again");
        ipv4.End();
        ipv6.End();
        echo.End();
    }

    [Test]
    public void A_name_is_resolved_and_verified_against_the_certificate()
    {
        using EchoProgram echo = EchoProgram.Start();
        using ConnectProgram client = ConnectProgram.Start($"localhost:{echo.EndPoint.Port}", "--timeout", "10");
        client.Exchange("by name");
        client.End();
        echo.End();
    }

    [Test]
    public void Empty_lines_are_skipped_and_a_line_that_no_datagram_takes_is_named()
    {
        using EchoProgram echo = EchoProgram.Start();
        using ConnectProgram client = ConnectProgram.Start(echo.EndPoint);
        client.Exchange("one");
        client.Process.WriteLine("");
        client.Process.WriteLine(new string('x', 2000));
        client.Exchange("two");
        client.Process.WaitForLine(OutputStream.Error, "^fifodtls-stress: line 3 has 2000 bytes and is not sent: a datagram takes 13[0-9][0-9]\\.$", Limits.Step);
        client.End();
        Assert.That(client.Process.Lines(OutputStream.Output), Is.EqualTo(["one", "two"]));
        echo.End();
    }

    [Test]
    public void With_a_client_certificate_connect_is_served_where_one_is_required()
    {
        using EchoProgram echo = EchoProgram.Start("--ca", TestFiles.Ca, "--require-client-cert");
        using ConnectProgram client = ConnectProgram.Start(
            echo.EndPoint, "--cert", TestFiles.Client.CertificatePath, "--key", TestFiles.Client.KeyPath);
        client.Exchange("verified");
        client.End();
        echo.WaitForLog($"peer certificate CN={TestPki.ClientName}");
        echo.End();
    }

    [Test]
    public void Without_a_required_client_certificate_connect_is_refused()
    {
        using EchoProgram echo = EchoProgram.Start("--ca", TestFiles.Ca, "--require-client-cert");
        using ConnectProgram client = ConnectProgram.Start(echo.EndPoint);
        client.ExpectError(8, "the peer sent the alert HandshakeFailure \\(40\\)");
        echo.WaitForLog("the peer sent no certificate, and one is required");
        echo.End();
    }
}
