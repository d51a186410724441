using System.CommandLine;

namespace FifoVpn.Cli;

/// <summary>fifovpn completion: prints a script by which a shell completes fifovpn's command lines. The script asks fifovpn itself, by the directive [suggest:POSITION]; the short forms of --help are left out.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of fifovpn for bash: source it, or put it into /usr/share/bash-completion/completions/fifovpn
        _fifovpn() {
            local line="${COMP_LINE:0:COMP_POINT}"
            mapfile -t COMPREPLY < <(compgen -W '$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null | grep -v "^[-/][?h]$")' -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _fifovpn fifovpn

        """;

    private const string Zsh = """
        #compdef fifovpn
        # Completion of fifovpn for zsh: put it into a folder of $fpath as _fifovpn, or source it after compinit.
        _fifovpn() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null | grep -v "^[-/][?h]$")}")
            found=(${found:#})
            if (( ${#found} )); then
                compadd -- "${found[@]}"
            else
                _files
            fi
        }
        if [ "${funcstack[1]}" = "_fifovpn" ]; then
            _fifovpn "$@"
        else
            compdef _fifovpn fifovpn
        fi

        """;

    private const string Fish = """
        # Completion of fifovpn for fish: put it into ~/.config/fish/completions/fifovpn.fish
        function __fifovpn_suggest
            set -l line (commandline --cut-at-cursor --current-process | string collect)
            fifovpn "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null | string match --invert --regex '^[-/][?h]$'
        end
        complete --command fifovpn --arguments '(__fifovpn_suggest)'

        """;

    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "Which shell" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new("completion", "Print a script by which a shell completes the command lines of fifovpn") { shell };
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Output.Write(ScriptOf(result.GetRequiredValue(shell)));
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static string ScriptOf(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        _ => Fish,
    };
}
