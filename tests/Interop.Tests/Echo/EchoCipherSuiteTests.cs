using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>What <c>echo</c> negotiates with OpenSSL's client, and what it refuses.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class EchoCipherSuiteTests
{
    private EchoProgram _ec = null!;
    private EchoProgram _rsa = null!;

    [OneTimeSetUp]
    public void StartEchoes()
    {
        Requires.Tool("openssl");
        _ec = EchoProgram.Start();
        _rsa = EchoProgram.Start(TestFiles.ServerRsa);
    }

    [OneTimeTearDown]
    public void StopEchoes()
    {
        _ec?.Dispose();
        _rsa?.Dispose();
    }

    [TestCaseSource(typeof(CipherSuites), nameof(CipherSuites.All))]
    public void A_default_suite_works(string openSslName, string registryName, bool isRsa)
    {
        EchoProgram echo = isRsa ? _rsa : _ec;
        using OpenSslClient client = OpenSslClient.StartTrusting(isRsa ? TestFiles.RsaCa : TestFiles.Ca, echo.EndPoint, "-cipher", openSslName);
        client.Process.WaitForLine(OutputStream.Output, $"Cipher is {openSslName}$", Limits.Step);
        client.Exchange("ciphered");
        client.End();
        ExpectLog(echo, $"established as Server, Dtls12, {registryName},");
    }

    [TestCase("-dtls1_2 -cipher ECDHE-RSA-AES256-SHA384", "no shared cipher", Description = "CBC")]
    [TestCase("-dtls1_2 -cipher AES256-GCM-SHA384", "no shared cipher", Description = "plain RSA")]
    [TestCase("-dtls1 -cipher ALL:@SECLEVEL=0", "(unsupported protocol|version too low)", Description = "DTLS 1.0")]
    public void What_is_not_allowed_is_refused_with_a_log_line_and_the_next_client_is_served(string offer, string reason)
    {
        using EchoProgram echo = EchoProgram.Start(TestFiles.ServerRsa);
        using OpenSslClient refused = OpenSslClient.StartAny(echo.EndPoint, offer.Split(' '));
        Assert.That(refused.Process.WaitForExit(Limits.Step), Is.Not.Zero);
        echo.WaitForLog($"no association as Server, Failed: .*{reason}.* was sent");
        using OpenSslClient client = OpenSslClient.StartTrusting(TestFiles.RsaCa, echo.EndPoint);
        client.Exchange("next");
        client.End();
        echo.End();
    }

    // Several tests read the log of one program: each looks at all of it.
    private static void ExpectLog(EchoProgram echo, string pattern) =>
        echo.Process.WaitForLine(OutputStream.Error, pattern, Limits.Step, fromStart: true);
}
