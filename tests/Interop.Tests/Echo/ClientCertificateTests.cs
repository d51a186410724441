using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary><c>echo --require-client-cert</c> serves clients of its authority and no others, and goes on after those that it refuses.</summary>
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(60_000)]
public sealed class ClientCertificateTests
{
    private EchoProgram _echo = null!;

    [SetUp]
    public void StartEcho()
    {
        Requires.Tool("openssl");
        _echo = EchoProgram.Start("--ca", TestFiles.Ca, "--require-client-cert");
    }

    [TearDown]
    public void StopEcho() => _echo?.Dispose();

    [Test]
    public void A_client_of_the_authority_is_served() => ExpectService();

    [Test]
    public void A_client_without_a_certificate_is_refused_and_the_next_one_is_served()
    {
        using OpenSslClient client = OpenSslClient.StartQuiet(_echo.EndPoint);
        client.ExpectRefusal("handshake failure");
        _echo.WaitForLog("no association as Server, CertificateRefused: .*the peer sent no certificate, and one is required");
        ExpectService();
    }

    [Test]
    public void A_client_of_another_authority_is_refused_and_the_next_one_is_served()
    {
        using OpenSslClient client = OpenSslClient.StartQuiet(
            _echo.EndPoint, "-cert", TestFiles.ClientOfOtherCa.CertificatePath, "-key", TestFiles.ClientOfOtherCa.KeyPath);
        client.ExpectRefusal("unknown ca");
        _echo.WaitForLog("no association as Server, CertificateRefused: .*the peer's certificate was refused");
        ExpectService();
    }

    private void ExpectService()
    {
        using OpenSslClient client = OpenSslClient.StartQuiet(
            _echo.EndPoint, "-cert", TestFiles.Client.CertificatePath, "-key", TestFiles.Client.KeyPath);
        client.Exchange("verified");
        client.End();
        _echo.WaitForLog($"established as Server, .*peer certificate CN={TestPki.ClientName}");
        _echo.End();
    }
}
