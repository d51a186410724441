namespace FifoDtls.Tests;

public sealed class InternationalNameTests
{
    [Test, Watchdog(60)]
    public void Connect_refuses_a_name_without_A_labels_at_once()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();

        Assert.That(
            () => client.Connect(server.LocalEndPoint, new DtlsConnectOptions { ServerName = "bücher test" }),
            Throws.ArgumentException.With.Message.Contains("bücher test").And.Message.Contains("A-labels"));
        Assert.That(() => client.Connect("bücher..test", 4433), Throws.ArgumentException.With.Message.Contains("A-labels"));
        Assert.That(client.Statistics.Opens, Is.Zero);
    }
}
