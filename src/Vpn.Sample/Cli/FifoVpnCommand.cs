using System.CommandLine;
using System.CommandLine.Invocation;

namespace FifoVpn.Cli;

/// <summary>The root command: each sub-command has its own class in this folder and is added here.</summary>
internal static class FifoVpnCommand
{
    /// <summary>Runs one command line and returns the exit code. Output goes to the console unless writers are given.</summary>
    public static int Invoke(IReadOnlyList<string> arguments, TextWriter? output = null, TextWriter? error = null)
    {
        // Failures become exit codes in CommandRunner; the library's own handler would print a stack trace instead.
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false };
        configuration.Output = output ?? configuration.Output;
        configuration.Error = error ?? configuration.Error;
        ParseResult result = Create().Parse(arguments);
        if (result.Action is ParseErrorAction parseError)
        {
            // A wrong option gets its line only; the help would push it off the screen. A missing sub-command gets the list of them.
            parseError.ShowHelp = result.CommandResult.Command.Subcommands.Count > 0;
        }

        return result.Invoke(configuration);
    }

    private static RootCommand Create() => new("A layer-3 VPN over DTLS")
    {
        DemoCommand.Create(),
        UpCommand.Create(),
        RendezvousCommand.Create(),
        PkiCommand.Create(),
        ConfigCommand.Create(),
        StatusCommand.Create(),
        PingCommand.Create(),
        CompletionCommand.Create(),
    };
}
