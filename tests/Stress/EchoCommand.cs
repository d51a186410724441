using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>The command line of <c>echo</c>.</summary>
internal static class EchoCommand
{
    private static readonly Option<NetworkAddress> Listen = new("--listen")
    {
        HelpName = "ADDR:PORT",
        Description = "Where to listen: an IPv4 address or an IPv6 address in brackets; [::] serves both. Port 0 takes a free one.",
        CustomParser = NetworkAddress.ParseLocal,
        DefaultValueFactory = _ => new NetworkAddress("127.0.0.1", 0),
    };

    private static readonly Option<string?> Certificate = CommonOptions.File("--cert", "The server's certificate, followed by its intermediates (PEM).");
    private static readonly Option<string?> Key = CommonOptions.File("--key", "The certificate's private key, not encrypted (PEM).");
    private static readonly Option<string?> Authority = CommonOptions.File("--ca", "The authorities that vouch for clients (PEM). With --require-client-cert.");
    private static readonly Option<bool> RequireClientCertificate = new("--require-client-cert")
    {
        Description = "Refuse clients without a certificate of --ca. Default: any client is served.",
    };

    private static readonly Option<double?> Duration = CommonOptions.Seconds(
        "--duration", "End by itself after this time. Default: run until SIGINT or SIGTERM.", 0.1, 31_536_000);

    private static readonly Option<bool> Statistics = new("--stats")
    {
        Description = "Print the endpoint's statistics to stderr each second and at the end.",
    };

    private static readonly Option<LogLevel> LogLevel = CommonOptions.LogLevel(Microsoft.Extensions.Logging.LogLevel.Warning);

    internal static Command Create()
    {
        Certificate.Required = Key.Required = true;
        var command = new Command(
            "echo",
            "A DTLS server that sends each datagram back. Prints `listening ADDR:PORT` to stderr once it is ready; SIGINT and SIGTERM close all associations "
            + "and end it.")
        {
            Listen, Certificate, Key, Authority, RequireClientCertificate, Duration, Statistics, LogLevel,
        };
        command.Validators.Add(result => CommonOptions.RequireTogether(result, Authority, RequireClientCertificate));
        command.SetAction(parsed =>
        {
            EchoServer.Run(Read(parsed));
            return ExitCode.Ok;
        });
        return command;
    }

    private static EchoSettings Read(ParseResult parsed) => new(
        parsed.GetValue(Listen)!,
        parsed.GetValue(Certificate)!,
        parsed.GetValue(Key)!,
        parsed.GetValue(RequireClientCertificate) ? parsed.GetValue(Authority) : null,
        parsed.GetValue(Duration) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        parsed.GetValue(Statistics),
        parsed.GetValue(LogLevel));
}
