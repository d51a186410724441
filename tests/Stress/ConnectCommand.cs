using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>The command line of <c>connect</c>.</summary>
internal static class ConnectCommand
{
    private static readonly Option<NetworkAddress> To = new("--to")
    {
        HelpName = "HOST:PORT",
        Description = "The server: a name, an IPv4 address or an IPv6 address in brackets, and a port of 1 to 65535.",
        CustomParser = NetworkAddress.ParseRemote,
        Required = true,
    };

    private static readonly Option<string?> Authority = CommonOptions.File(
        "--ca", "The authorities that vouch for the server (PEM). This or --insecure is required.");
    private static readonly Option<bool> Insecure = new("--insecure") { Description = "Do not verify the server: anybody on the path can pose as it." };
    private static readonly Option<string?> Certificate = CommonOptions.File(
        "--cert", "The client's certificate, followed by its intermediates (PEM). Default: none.");
    private static readonly Option<string?> Key = CommonOptions.File("--key", "The certificate's private key, not encrypted (PEM).");
    private static readonly Option<string?> ServerName = new("--server-name")
    {
        HelpName = "NAME",
        Description = "The name or IP address that the server's certificate must carry, 1 to 253 characters. Default: HOST of --to.",
    };

    private static readonly Option<double?> HandshakeTimeout = CommonOptions.Seconds("--timeout", "How long the handshake may take. Default: 30.", 0.1, 3_600);
    private static readonly Option<double?> Linger = CommonOptions.Seconds(
        "--linger", "After the end of the input, how long to wait for each reply that is missing. Default: 2.", 0, 3_600);

    // Not Warning: the library's warning about a failed handshake would say twice what the program's own error says.
    private static readonly Option<LogLevel> LogLevel = CommonOptions.LogLevel(Microsoft.Extensions.Logging.LogLevel.Error);

    internal static Command Create()
    {
        var command = new Command(
            "connect",
            "A DTLS client: sends each line of stdin as one datagram (UTF-8, without the line end; empty lines are skipped) and prints each reply as one line to "
            + "stdout. Prints `connected VERSION CIPHER` to stderr once it is connected. At the end of the input it waits for as many replies as lines were sent, "
            + "and closes; SIGINT, SIGTERM and the server's close_notify end it at once.")
        {
            To, Authority, Insecure, Certificate, Key, ServerName, HandshakeTimeout, Linger, LogLevel,
        };
        command.Validators.Add(Validate);
        command.SetAction(parsed =>
        {
            ConnectClient.Run(Read(parsed));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Validate(CommandResult result)
    {
        CommonOptions.RequireTogether(result, Certificate, Key);
        bool insecure = result.GetValue(Insecure);
        if (result.GetResult(Authority) is not null == insecure)
        {
            result.AddError(insecure
                ? "--ca and --insecure exclude each other."
                : "Give --ca FILE to verify the server, or --insecure to trust any server.");
        }

        if (result.GetValue(ServerName) is { Length: 0 or > 253 })
        {
            result.AddError("--server-name has 1 to 253 characters.");
        }
    }

    private static ConnectSettings Read(ParseResult parsed) => new(
        parsed.GetValue(To)!,
        parsed.GetValue(Authority),
        parsed.GetValue(Certificate),
        parsed.GetValue(Key),
        parsed.GetValue(ServerName),
        TimeSpan.FromSeconds(parsed.GetValue(HandshakeTimeout) ?? 30),
        TimeSpan.FromSeconds(parsed.GetValue(Linger) ?? 2),
        parsed.GetValue(LogLevel));
}
