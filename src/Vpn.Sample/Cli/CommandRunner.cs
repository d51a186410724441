using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Demo;
using FifoVpn.Devices;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>The one place where a failed command becomes a line on standard error and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>Set to 1, an internal error shows its stack trace.</summary>
    internal const string TraceVariable = "FIFOVPN_TRACE";

    public static int Run(Func<ExitCode> command, TextWriter error)
    {
        try
        {
            DtlsContext.EnsureLibraryAvailable(); // before .NET's own cryptography looks for it, which ends the process when it is missing
            return (int)command();
        }
        catch (Exception exception)
        {
            (ExitCode code, string message) = Classify(exception);
            error.WriteLine($"fifovpn: {OneLine(message)}");
            if (code == ExitCode.Internal && Environment.GetEnvironmentVariable(TraceVariable) == "1")
            {
                error.WriteLine(exception);
            }

            return (int)code;
        }
    }

    internal static (ExitCode Code, string Message) Classify(Exception exception) => exception switch
    {
        ExitException exit => (exit.Code, exit.Message),
        ConfigException => (ExitCode.Configuration, exception.Message),
        PkiException => (ExitCode.Credentials, exception.Message),
        DeviceException => (ExitCode.Device, exception.Message),
        DemoFailure => (ExitCode.DemoTrafficFailed, $"demo: {exception.Message}"),
        DtlsLibraryException => (ExitCode.LibSslMissing, exception.Message),
        DtlsCredentialException => (ExitCode.Credentials, exception.Message),
        _ => (ExitCode.Internal, $"internal error: {exception.GetType().Name}: {exception.Message} (set {TraceVariable}=1 to see where)"),
    };

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
