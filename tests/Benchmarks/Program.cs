using System.CommandLine;
using System.CommandLine.Invocation;
using FifoDtls.Benchmarks;

var root = new RootCommand("Benchmarks of FifoDtls, each beside what it is compared with, in one run and in turns.")
{
    MicroCommand.Create(), HandshakesCommand.Create(), EchoCommand.Create(), RoundTripsCommand.Create(), TunnelCommand.Create(), ServeCommand.Create(),
};

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
    Console.Error.WriteLine("fifodtls-bench: " + message.TrimEnd());
    return exitCode;
}
