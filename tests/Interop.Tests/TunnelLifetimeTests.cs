using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>How <c>fifovpn up</c> ends, and what becomes of the tunnel; each test has a tunnel of its own.</summary>
internal sealed class TunnelLifetimeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [SetUp]
    public void Require() => Tunnel.Require();

    [TestCase(ChildProcess.SigTerm)]
    [TestCase(ChildProcess.SigInt)]
    [CancelAfter(180_000)]
    public void A_signal_ends_up_in_order(int signal)
    {
        using Tunnel tunnel = new();
        tunnel.Start();
        Assert.That(tunnel.Alpha.HasDevice(), Is.True);

        tunnel.Alpha.Up.Signal(signal);
        int code = tunnel.Alpha.Up.WaitForExit(Limit);

        string log = tunnel.Alpha.Up.Text(OutputStream.Error);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero, log);
            Assert.That(tunnel.Alpha.HasDevice(), Is.False, "the device is gone");
            Assert.That(log, Does.Contain("Stopped").And.Not.Contain("warn:").And.Not.Contain("fail:"));
        }

        tunnel.Beta.Up.WaitForLine(OutputStream.Error, "Disconnected from alpha", Limit);
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_killed_node_that_is_started_again_is_reached_again()
    {
        using Tunnel tunnel = new();
        tunnel.Start();

        tunnel.Beta.Up.Signal(ChildProcess.SigKill);
        Assert.That(tunnel.Beta.Up.WaitForExit(Limit), Is.EqualTo(128 + ChildProcess.SigKill));
        tunnel.Beta.Start();
        tunnel.Beta.WaitUntilReaches(tunnel.Alpha);
        tunnel.Alpha.WaitUntilReaches(tunnel.Beta);
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_device_that_is_deleted_ends_up_with_its_exit_code()
    {
        using Tunnel tunnel = new();
        tunnel.Alpha.Start();
        tunnel.Alpha.WaitUntilUp();
        tunnel.Alpha.Run("ip", "link", "delete", TunnelSide.Device).EnsureSuccess();
        Assert.That(tunnel.Alpha.Up.WaitForExit(Limit), Is.EqualTo(5), tunnel.Alpha.Up.Text(OutputStream.Error));
        Assert.That(tunnel.Alpha.Up.Lines(OutputStream.Error)[^1], Does.StartWith("fifovpn: ").And.Contain("was the link deleted?"));
    }
}
