using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Service;

/// <summary>--log-level and --log-format win over the configuration.</summary>
internal sealed class LogOptionTests
{
    [Test]
    [CancelAfter(180_000)]
    public void Lines_are_JSON_objects_with_times_in_UTC()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        using NetworkNamespaces hosts = NetworkNamespaces.Create(1);
        using var folder = new ServiceFolder();
        JsonObject config = ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443", ServiceFolder.Peer("beta", "10.88.0.2", null, "10.20.0.0/16"));
        config["logLevel"] = "Error";
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        using ServiceProcess alpha = new(hosts[0], folder.Write("alpha", config), "--log-level", "debug", "--log-format", "json");
        alpha.WaitFor("listening on");
        alpha.Signal(ServiceProcess.SigHup);
        alpha.WaitFor("Configuration reloaded");
        alpha.Stop();

        List<string> messages = [];
        foreach (string line in alpha.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement entry = document.RootElement;
            string time = entry.GetProperty("Timestamp").GetString()!;
            Assert.That(time, Does.EndWith("Z"));
            Assert.That(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), Is.InRange(before, DateTimeOffset.UtcNow));
            messages.Add($"{entry.GetProperty("LogLevel").GetString()} {entry.GetProperty("Message").GetString()}");
        }

        Assert.That(messages, Has.Some.StartWith("Debug Route to 10.20.0.0/16 of beta set"), "the command line's level");
        Assert.That(messages, Has.Some.StartWith("Information Stopping"), "also after a reload");
    }
}
