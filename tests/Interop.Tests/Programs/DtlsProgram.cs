using System.Net;
using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>The DTLS programs of another implementation, each of which prints what it receives and sends the lines of its input.</summary>
internal abstract class DtlsProgram
{
    private static readonly TimeSpan ReplyWait = TimeSpan.FromMilliseconds(200);

    /// <summary>The programs of an implementation, which the test requires to be installed.</summary>
    internal static DtlsProgram Of(Implementation implementation)
    {
        Requires.Tools(implementation == Implementation.OpenSsl ? ["openssl"] : ["gnutls-cli", "gnutls-serv"]);
        return implementation == Implementation.OpenSsl ? new OpenSslProgram() : new GnuTlsProgram();
    }

    /// <summary>Starts a client.</summary>
    internal abstract ChildProcess StartClient(ProgramSettings settings, IPEndPoint server, ChildProcessOptions options);

    internal ChildProcess StartClient(ProgramSettings settings, IPEndPoint server) => StartClient(settings, server, new ChildProcessOptions());

    /// <summary>Starts a server and waits until it listens, on a port of loopback that was free.</summary>
    internal abstract ChildProcess StartServer(ProgramSettings settings, int port, ChildProcessOptions options);

    internal ChildProcess StartServer(ProgramSettings settings, out IPEndPoint endPoint)
    {
        endPoint = new IPEndPoint(IPAddress.Loopback, UdpPort.FindFree());
        return StartServer(settings, endPoint.Port, new ChildProcessOptions());
    }

    /// <summary>Talks with a server of this implementation. What gets lost is said again.</summary>
    internal virtual void ExpectTalk(DtlsPeer peer, ChildProcess server) => ExpectLinesBothWays(peer, server);

    /// <summary>Sees a line cross each way. What gets lost is said again.</summary>
    internal static void ExpectLinesBothWays(DtlsPeer peer, ChildProcess program)
    {
        byte[] buffer = new byte[2_048];
        Eventually.True(
            () =>
            {
                program.WriteLine("over");
                DtlsReceiveResult result = peer.Receive(buffer, ReplyWait);
                return result.HasData && Encoding.UTF8.GetString(buffer, 0, result.Length).StartsWith("over\n", StringComparison.Ordinal);
            },
            Limits.Step,
            "a line arrives here");
        Eventually.True(
            () =>
            {
                peer.Send("back\n"u8);
                _ = peer.Receive(buffer, ReplyWait / 4);
                return program.Text(OutputStream.Output).Contains("back\n", StringComparison.Ordinal);
            },
            Limits.Step,
            "a line arrives there");
    }

    /// <summary>Sees a payload come back from a server that echoes. What gets lost is said again.</summary>
    protected static void ExpectEcho(DtlsPeer peer)
    {
        byte[] buffer = new byte[2_048];
        Eventually.True(
            () =>
            {
                peer.Send("over\n"u8);
                DtlsReceiveResult result = peer.Receive(buffer, ReplyWait);
                return result.HasData && buffer.AsSpan(0, result.Length).SequenceEqual("over\n"u8);
            },
            Limits.Step,
            "a line comes back");
    }
}
