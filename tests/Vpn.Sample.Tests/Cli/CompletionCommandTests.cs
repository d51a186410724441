using FifoDtls.TestSupport;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Cli;

/// <summary>The scripts, each in its shell.</summary>
internal sealed class CompletionCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private TempDirectory _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TempDirectory();
        Directory.CreateDirectory(_folder.PathOf("bin"));
        Directory.CreateDirectory(_folder.PathOf("files"));
        string program = _folder.Write("bin/fifovpn", $"#!/bin/sh\nexec {string.Join(' ', ChildProcess.DotnetCommand("fifovpn").Select(word => $"'{word}'"))} \"$@\"\n");
        _folder.Write("files/node.json", "{}"); // where the shells run: what they can complete if fifovpn has nothing to say
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("fifovpn u", "up")]
    [TestCase("fifovpn up --lo", "--log-format --log-level")]
    [TestCase("fifovpn completion ", "--help bash fish zsh")]
    [TestCase("fifovpn config example me", "mesh")]
    [TestCase("fifovpn status --r", "--rendezvous")]
    [TestCase("fifovpn up --config node.js", "")]
    [CancelAfter(120_000)]
    public void Bash_completes_with_the_script(string line, string expected)
    {
        // As bash calls a completion: the words of the line, the one under the cursor, the line and the cursor's place in it.
        const string complete =
            """
            source "$1"; COMP_LINE="$2"; COMP_POINT=${#2}
            read -ra COMP_WORDS <<< "$2"; [[ "$2" == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p fifovpn > /dev/null || exit 1
            _fifovpn; printf '%s\n' "${COMPREPLY[@]}"
            """;
        AssertCandidates("bash", ["--norc", "-c", complete, "bash", Script("bash"), line], expected);
    }

    /// <summary>An interactive zsh in a terminal of its own, where the line is typed and completed; what zsh takes for matches is written down on the way.</summary>
    [TestCase("fifovpn u", "up")]
    [TestCase("fifovpn up --lo", "--log-format --log-level")]
    [TestCase("fifovpn completion ", "--help bash fish zsh")]
    [TestCase("fifovpn config example me", "mesh")]
    [TestCase("fifovpn status --r", "--rendezvous")]
    [TestCase("fifovpn up --config node.js", "node.json")]
    [CancelAfter(120_000)]
    public void Zsh_completes_with_the_script(string line, string expected)
    {
        const string complete =
            """
            zmodload zsh/zpty
            zpty inner zsh -f -i
            zpty -w inner "export TERM=dumb; PROMPT=; autoload -Uz compinit; compinit -u -D; source ${(q)1}; setopt no_beep"
            zpty -w inner 'compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- $found >> '${(q)3}'; builtin compadd "$@"; }'
            zpty -w inner 'print ready-$((1+1))'
            zpty -r inner answer '*ready-2*'
            zpty -w -n inner "$2"$'\t\C-u'
            zpty -w inner 'print done-$((1+1))'
            zpty -r inner answer '*done-2*'
            zpty -d inner
            cat -- "$3"
            """;
        AssertCandidates("zsh", ["-f", "-c", complete, "zsh", Script("zsh"), line, _folder.PathOf("found")], expected);
    }

    [TestCase("fifovpn u", "up")]
    [TestCase("fifovpn up --lo", "--log-format --log-level")]
    [TestCase("fifovpn completion b", "bash")]
    [TestCase("fifovpn config example me", "mesh")]
    [TestCase("fifovpn status --r", "--rendezvous")]
    [TestCase("fifovpn up --config node.js", "node.json")]
    [CancelAfter(120_000)]
    public void Fish_completes_with_the_script(string line, string expected) =>
        AssertCandidates("fish", ["--no-config", "-c", "source $argv[1]; complete --do-complete $argv[2]", Script("fish"), line], expected);

    [Test]
    public void An_unknown_shell_is_a_usage_error() => Assert.That(FifoVpnCommand.Invoke(["completion", "cmd"], new StringWriter(), new StringWriter()), Is.EqualTo((int)ExitCode.Usage));

    private string Script(string shell) => _folder.Write($"completion.{shell}", Print(shell));

    private void AssertCandidates(string shell, string[] arguments, string expected)
    {
        Requires.Tool(shell);
        ChildProcessOptions options = new()
        {
            WorkingDirectory = _folder.PathOf("files"),
            Environment = new Dictionary<string, string?> { ["PATH"] = $"{_folder.PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}", ["HOME"] = _folder.FullPath },
        };
        ProcessResult result = ChildProcess.Run(options, Limit, shell, arguments);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(string.Join(' ', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct()), Is.EqualTo(expected));
    }

    private static string Print(string shell)
    {
        StringWriter output = new() { NewLine = "\n" };
        Assert.That(FifoVpnCommand.Invoke(["completion", shell], output), Is.Zero);
        return output.ToString();
    }
}
