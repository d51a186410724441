using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>An error that ends the program: the line that the user reads, and the exit code.</summary>
internal sealed class CommandFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    internal int ExitCode { get; } = exitCode;

    /// <summary>An exception of the library as an error of the program.</summary>
    internal static CommandFailure From(Exception exception) => exception switch
    {
        CommandFailure failure => failure,
        DtlsCredentialException => new CommandFailure(Stress.ExitCode.Credentials, exception.Message, exception),
        DtlsLibraryException => new CommandFailure(Stress.ExitCode.LibraryMissing, exception.Message, exception),
        DtlsException or TimeoutException => new CommandFailure(Stress.ExitCode.AssociationFailed, exception.Message, exception),
        SocketException => new CommandFailure(Stress.ExitCode.Network, exception.Message, exception),
        _ => new CommandFailure(Stress.ExitCode.Internal, $"internal error: {exception.GetType().Name}: {exception.Message}", exception),
    };
}
