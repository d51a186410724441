using System.CommandLine;
using System.CommandLine.Invocation;
using FifoDtls.Fuzz;

ParseResult parsed = FuzzCommand.Create().Parse(args);
if (parsed.Action is ParseErrorAction)
{
    Console.Error.WriteLine("fifodtls-fuzz: " + string.Join(" ", parsed.Errors.Select(error => error.Message)) + " (See --help.)");
    return ExitCode.Usage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
