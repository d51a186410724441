using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace FifoDtls.Stress;

/// <summary>The help of each command, followed by the exit codes that all commands share.</summary>
internal sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true; // help is given whatever else stands on the command line

    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(ExitCode.Help);
        return result;
    }
}
