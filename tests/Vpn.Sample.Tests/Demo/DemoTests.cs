using FifoDtls.TestSupport;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Demo;

public sealed class DemoTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Test]
    public void Demo_shows_handshakes_pings_a_forgery_and_bulk_flows_and_ends_with_success()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        int code = Watchdog.Run(Limit, () => FifoVpnCommand.Invoke(["demo", "--seconds", "1"], output, error), "the demo");

        string text = output.ToString();
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo((int)ExitCode.Success), error.ToString());
            Assert.That(error.ToString(), Is.Empty);
            Assert.That(text, Does.Match("beta +-> alpha +DTLS 1.2, TLS_ECDHE_ECDSA_WITH_"));
            Assert.That(text, Does.Match("gamma +-> beta +20/20 back, RTT min"));
            Assert.That(text, Does.Contain("SourceNotAllowed 1"));
            Assert.That(text, Does.Match("gamma +-> alpha +\\d+ packets, .* SHA-256 at both ends [0-9a-f]{16}"));
            Assert.That(text, Does.EndWith("all traffic crossed and arrived intact" + Environment.NewLine));
        });
    }

    [TestCase("0")]
    [TestCase("9")]
    [TestCase("x")]
    public void Seconds_out_of_range_are_a_usage_error_that_names_the_option(string seconds)
    {
        using var error = new StringWriter();
        Assert.That(FifoVpnCommand.Invoke(["demo", "--seconds", seconds], TextWriter.Null, error), Is.EqualTo((int)ExitCode.Usage));
        Assert.That(error.ToString(), Does.Contain("--seconds"));
    }
}
