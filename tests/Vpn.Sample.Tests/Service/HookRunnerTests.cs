using FifoDtls.TestSupport;
using FifoVpn.Service;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Service;

/// <summary>What hooks are told, what becomes of their output, and how they end.</summary>
internal sealed class HookRunnerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, string> _environment = new() { ["FIFOVPN_DEVICE"] = "tun7", ["FIFOVPN_MTU"] = "1400" };
    private ServiceFolder _folder = null!;
    private LogCapture _log = null!;
    private volatile bool _stopping;

    [SetUp]
    public void MakeFolder()
    {
        Requires.Linux(); // the hooks are shell scripts
        _folder = new ServiceFolder();
        _log = new LogCapture();
        _stopping = false;
    }

    [TearDown]
    public void RemoveFolder()
    {
        _folder?.Dispose();
        _log?.Dispose();
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_hook_gets_its_arguments_and_environment_and_its_output_is_logged()
    {
        string script = _folder.Script("up.sh", "echo \"$1|$2|$FIFOVPN_DEVICE|$FIFOVPN_MTU|$FIFOVPN_EVENT|${NOTIFY_SOCKET-none}\"\necho oh >&2\ncat");
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", "/nowhere");
        try
        {
            Assert.That(Run(Hooks(), HookEvent.Up, script, "a b", "$c"), Is.Null);
        }
        finally
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        }

        Assert.That(_log.All.Select(line => (line.Level, line.Message)), Is.EquivalentTo(new[]
        {
            (LogLevel.Information, "hooks.up: a b|$c|tun7|1400|up|none"),
            (LogLevel.Warning, "hooks.up: oh"),
        }));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_hook_that_fails_is_told_with_its_exit_code()
    {
        string script = _folder.Script("down.sh", "exit 3");

        Assert.That(Run(Hooks(), HookEvent.Down, script), Is.EqualTo($"hooks.down: {script} ended with exit code 3"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_hook_that_does_not_end_is_killed_with_all_that_it_has_started()
    {
        string script = _folder.Script("up.sh", "sleep 600 & echo $!\nwait");

        Assert.That(Run(Hooks(TimeSpan.FromSeconds(1)), HookEvent.Up, script), Is.EqualTo($"hooks.up: {script} was killed, as it had not ended after 1 s"));

        string child = _log.All[0].Message.Split(' ')[^1];
        Eventually.True(() => !IsRunning(child), Limit, "the hook's child is gone too");
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_end_of_the_node_cuts_the_up_hook_short_and_lets_the_down_hook_be()
    {
        _stopping = true;
        string endless = _folder.Script("up.sh", "exec sleep 600");
        string brief = _folder.Script("down.sh", "sleep 1; echo done");

        Assert.That(Run(Hooks(), HookEvent.Up, endless), Does.EndWith("was killed, as the node is stopping"));
        Assert.That(Run(Hooks(), HookEvent.Down, brief), Is.Null);
        Assert.That(_log.All[^1].Message, Is.EqualTo("hooks.down: done"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void What_a_hook_leaves_behind_does_not_hold_the_node_up()
    {
        string script = _folder.Script("up.sh", "sleep 20 &");

        Assert.That(Run(Hooks(), HookEvent.Up, script), Is.Null);
        Assert.That(_log.All[^1].Message, Does.Contain("holds its output"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_file_that_is_no_program_is_told()
    {
        string path = _folder.Script("up.sh", "exit 0");
        File.WriteAllText(path, "#!/no/such/interpreter\n");

        Assert.That(Run(Hooks(), HookEvent.Up, path), Does.StartWith($"hooks.up: {path} can't be run: "));
        Assert.That(Run(Hooks(), HookEvent.Up), Is.Null, "no hook, no failure");
    }

    private static string? Run(HookRunner hooks, HookEvent what, params string[] command) =>
        Watchdog.Run(Limit, () => hooks.Run(what, command.Length == 0 ? null : command), "the hook runs");

    private static bool IsRunning(string process) =>
        File.Exists($"/proc/{process}/stat") && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);

    private HookRunner Hooks(TimeSpan? limit = null) => new(_environment, () => _stopping, _log.CreateLogger("hooks")) { Limit = limit ?? Limit };
}
