using FifoDtls.TestSupport;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Cli;

internal sealed class CompletionCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [TestCase("fifovpn u", "up")]
    [TestCase("fifovpn up --lo", "--log-format --log-level")]
    [TestCase("fifovpn completion ", "--help bash fish zsh")]
    [TestCase("fifovpn config example me", "mesh")]
    [TestCase("fifovpn up --config node.js", "")]
    [CancelAfter(120_000)]
    public void Bash_completes_with_the_script(string line, string expected)
    {
        Requires.Tool("bash");
        using var folder = new TempDirectory();
        string script = folder.Write("completion.bash", Print("bash"));
        string program = folder.Write("fifovpn", $"#!/bin/sh\nexec '{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' '{Path.Combine(AppContext.BaseDirectory, "fifovpn.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        // As bash calls a completion: the words of the line, the one under the cursor, the line and the cursor's place in it.
        const string complete =
            """
            source "$1"; PATH="$2:$PATH"; COMP_LINE="$3"; COMP_POINT=${#3}
            read -ra COMP_WORDS <<< "$3"; [[ "$3" == *' ' ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            complete -p fifovpn > /dev/null || exit 1
            _fifovpn; echo "${COMPREPLY[@]}"
            """;
        ProcessResult result = ChildProcess.Run(Limit, "bash", "--norc", "-c", complete, "bash", script, folder.FullPath, line);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.Output, Is.EqualTo($"{expected}\n"));
    }

    [TestCase("zsh", "compdef _fifovpn fifovpn")]
    [TestCase("fish", "complete --command fifovpn")]
    public void Other_shells_have_a_script_too(string shell, string part) => Assert.That(Print(shell), Does.Contain(part).And.Contain("[suggest:"));

    [Test]
    public void An_unknown_shell_is_a_usage_error() => Assert.That(FifoVpnCommand.Invoke(["completion", "cmd"], new StringWriter(), new StringWriter()), Is.EqualTo((int)ExitCode.Usage));

    private static string Print(string shell)
    {
        StringWriter output = new() { NewLine = "\n" };
        Assert.That(FifoVpnCommand.Invoke(["completion", shell], output), Is.Zero);
        return output.ToString();
    }
}
