using System.CommandLine;

namespace FifoDtls.Stress;

/// <summary>The command line of <c>flood</c>.</summary>
internal static class FloodCommand
{
    private static readonly Option<int> Rate = SoakCommand.Number("--rate", "N", "Worthless datagrams a second, 0 to 1000000.", 5_000, 0, 1_000_000);
    private static readonly Option<int> HalfOpen = SoakCommand.Number("--half-open", "N", "Handshakes a second that are begun with a valid cookie and abandoned, 0 to 10000.", 20, 0, 10_000);
    private static readonly Option<double?> Duration = CommonOptions.Seconds("--duration", "How long. Default: 20.", 2, 600);
    private static readonly Option<int> Seed = SoakCommand.Number("--seed", "S", "Of the sources and the contents. Default: a random one, which the summary tells.", null, 0, int.MaxValue);
    private static readonly Option<int> Clients = SoakCommand.Number("--clients", "N", "Real clients that echo meanwhile, 1 to 1000.", 20, 1, 1_000);

    internal static Command Create()
    {
        var command = new Command(
            "flood",
            "Floods a server of its own, over loopback only, from very many addresses 127.x.y.z: ClientHellos without a cookie and with a wrong one, garbage, datagrams that are too large, and abandoned handshakes; "
            + "meanwhile real clients echo. Prints a JSON summary to stdout. Exit code 9 if a client that was connected stopped echoing, a payload was wrong, or threads or file descriptors are left. Linux only.")
        {
            Rate, HalfOpen, Duration, Seed, Clients,
        };
        command.SetAction(parsed => FloodRun.Run(new FloodSettings(
            parsed.GetValue(Rate),
            parsed.GetValue(HalfOpen),
            TimeSpan.FromSeconds(parsed.GetValue(Duration) ?? 20),
            parsed.GetResult(Seed) is null ? Random.Shared.Next() : parsed.GetValue(Seed),
            parsed.GetValue(Clients))));
        return command;
    }
}
