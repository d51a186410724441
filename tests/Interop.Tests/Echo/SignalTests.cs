using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Signals, and the end of the duration, end <c>echo</c> in order while clients are connected.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class SignalTests
{
    [TestCase(ChildProcess.SigInt)]
    [TestCase(ChildProcess.SigTerm)]
    public void A_signal_ends_echo_with_exit_code_0_and_all_clients_see_the_close_notify(int signal)
    {
        Requires.Tool("openssl");
        using EchoProgram echo = EchoProgram.Start();
        using OpenSslClient openSsl = OpenSslClient.StartTrusting(TestFiles.Ca, echo.EndPoint);
        using ConnectProgram own = ConnectProgram.Start(echo.EndPoint);
        openSsl.Exchange("openssl");
        own.Exchange("own");

        echo.End(signal);

        own.ExpectEnd();
        openSsl.Process.WaitForLine(OutputStream.Output, "^closed$", Limits.Step);
        Assert.That(openSsl.Process.WaitForExit(Limits.Step), Is.Zero);
    }

    [Test]
    public void A_signal_ends_connect_with_exit_code_0_and_the_server_sees_the_close_notify()
    {
        using EchoProgram echo = EchoProgram.Start();
        using ConnectProgram client = ConnectProgram.Start(echo.EndPoint);
        client.Exchange("line");
        client.Process.Signal(ChildProcess.SigInt);
        client.ExpectEnd();
        echo.WaitForLog("ended, ClosedByPeer: in order");
        echo.End();
    }

    [Test]
    public void Echo_ends_by_itself_after_its_duration_and_prints_statistics()
    {
        using EchoProgram echo = EchoProgram.Start("--duration", "0.5", "--stats");
        Assert.That(echo.Process.WaitForExit(Limits.Step), Is.Zero);
        Assert.That(echo.Process.Text(OutputStream.Error), Does.Contain("Peers = 0,").And.Contain("DatagramsReceived = 0,"));
    }
}
