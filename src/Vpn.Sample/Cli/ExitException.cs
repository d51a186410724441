namespace FifoVpn.Cli;

/// <summary>Ends the program with a code and one line on standard error.</summary>
internal sealed class ExitException(ExitCode code, string message) : Exception(message)
{
    public ExitCode Code { get; } = code;
}
