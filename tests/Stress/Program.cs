using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using FifoDtls.Stress;

var root = new RootCommand("DTLS programs for soak and stress tests of FifoDtls.") { EchoCommand.Create(), ConnectCommand.Create(), CapacityCommand.Create(), CapacityCommand.CreateClients() };
root.Add(SoakCommand.Create());
root.Add(SoakCommand.CreateServer());
root.Add(FloodCommand.Create());
HelpOption help = root.Options.OfType<HelpOption>().Single();
help.Action = new HelpWithExitCodes((HelpAction)help.Action!);

ParseResult parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    return Fail(ExitCode.Usage, string.Join(" ", parsed.Errors.Select(error => error.Message)) + " (See --help.)");
}

try
{
    // The commands handle signals and failures themselves.
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception exception)
{
    CommandFailure failure = CommandFailure.From(exception);
    return Fail(failure.ExitCode, failure.Message);
}

static int Fail(int exitCode, string message)
{
    Console.Error.WriteLine("fifodtls-stress: " + message.ReplaceLineEndings(" ").Replace("\t", ""));
    return exitCode;
}
