using System.CommandLine;

namespace FifoDtls.Stress;

/// <summary>The command lines of <c>soak</c> and of the child process that plays its server.</summary>
internal static class SoakCommand
{
    internal const string ServerName = "soak-server";
    internal const string NoOffloadName = "--no-offload";

    private static readonly Option<int> Peers = Number("--peers", "N", "Peers at a time, 1 to 20000.", 100, 1, 20_000);
    private static readonly Option<double?> Duration = CommonOptions.Seconds("--duration", "How long. Default: 60.", 1, 604_800);
    private static readonly Option<int> Seed = Number("--seed", "S", "Of the schedule and of the proxy's faults. Default: a random one, which the summary tells.", null, 0, int.MaxValue);
    private static readonly Option<NumberRange> DatagramSize = Range("--datagram-size", "Bytes of a payload, 32 to 1300.", "32..1200", SoakPayload.HeaderSize, 1_300);
    private static readonly Option<NumberRange> Lifetime = Range("--lifetime", "Seconds that an association lives, 1 to 86400.", "5..60", 1, 86_400);
    private static readonly Option<int> Batch = Number("--batch", "N", "Payloads that a peer sends at a time, 1 to 64.", 1, 1, SoakLife.MaxBatch);
    private static readonly Option<bool> NoOffload = new(NoOffloadName) { Description = "Does without the kernel's segmentation offloads (UDP_SEGMENT, UDP_GRO)." };
    private static readonly Option<double> Death = Percent("--death", "of the associations end without a word to the server", 10);
    private static readonly Option<double> HandshakeClose = Percent("--handshake-close", "of the handshakes are closed before they are done", 5);
    private static readonly Option<double> Cancel = Percent("--cancel", "of the handshakes, or of the waits for a payload in as many associations, are cancelled", 5);
    private static readonly Option<double> SameAddress = Percent("--same-address", "of the associations begin at the address of the peer's last one, which may still live at the server", 20);
    private static readonly Option<int> Processes = Number("--processes", "1|2", "2 runs the server in a process of its own.", 1, 1, 2);
    private static readonly Option<double> Drop = Percent("--drop", "of the datagrams are lost", 0);
    private static readonly Option<double> Duplicate = Percent("--duplicate", "arrive twice", 0);
    private static readonly Option<double> Reorder = Percent("--reorder", "are overtaken by the next one", 0);
    private static readonly Option<double> Delay = Percent("--delay", "are late by up to 200 ms", 0);
    private static readonly Option<double> Corrupt = Percent("--corrupt", "arrive with a wrong bit", 0);
    private static readonly Option<double> Truncate = Percent("--truncate", "arrive without their end", 0);
    private static readonly Option<double> Inject = Percent("--inject", "are followed by a forged record, a forged ClientHello or the replay of an earlier datagram", 0);

    private static readonly Option<double> Rate = new("--rate")
    {
        HelpName = "R",
        Description = "Datagrams a second that each peer sends, 0.1 to 10000. Default: 10.",
        DefaultValueFactory = _ => 10,
        CustomParser = result => NumberOption.Parse(result, 0.1, 10_000.0) ?? 0,
    };

    private static readonly Option<double?> Idle = CommonOptions.Seconds("--idle", "When a silent peer is given up.", 1, 86_400);

    internal static Command Create()
    {
        var command = new Command(
            "soak",
            "Lets many peers connect, echo and end over loopback, through a proxy that can lose, repeat, reorder, delay, damage and forge datagrams in both directions, and prints a JSON summary to stdout. "
            + "Every payload is checked for its content and its owner. Exit code 9 if a payload was wrong, came twice or reached another peer, an established association ended by itself, a peer hung, or threads or file descriptors are left. Linux only.")
        {
            Peers, Duration, Seed, DatagramSize, Rate, Batch, Lifetime, Death, HandshakeClose, Cancel, SameAddress, Processes, NoOffload, Drop, Duplicate, Reorder, Delay, Corrupt, Truncate, Inject,
        };
        command.SetAction(parsed => SoakRun.Run(new SoakSettings(
            parsed.GetValue(Peers),
            TimeSpan.FromSeconds(parsed.GetValue(Duration) ?? 60),
            parsed.GetResult(Seed) is null ? Random.Shared.Next() : parsed.GetValue(Seed),
            parsed.GetValue(DatagramSize)!,
            parsed.GetValue(Rate),
            parsed.GetValue(Batch),
            parsed.GetValue(Lifetime)!,
            parsed.GetValue(Death),
            parsed.GetValue(HandshakeClose),
            parsed.GetValue(Cancel),
            parsed.GetValue(SameAddress),
            parsed.GetValue(Processes),
            !parsed.GetValue(NoOffload),
            new ProxyFaults(
                parsed.GetValue(Drop), parsed.GetValue(Duplicate), parsed.GetValue(Reorder), parsed.GetValue(Delay), parsed.GetValue(Corrupt), parsed.GetValue(Truncate), parsed.GetValue(Inject)))));
        return command;
    }

    internal static Command CreateServer()
    {
        var command = new Command(ServerName, "The server of soak.") { Peers, Idle, Duration, NoOffload };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            ChildSoakServer.Run(
                parsed.GetValue(Peers), TimeSpan.FromSeconds(parsed.GetValue(Idle) ?? 60), !parsed.GetValue(NoOffload), TimeSpan.FromSeconds(parsed.GetValue(Duration) ?? 60));
            return ExitCode.Ok;
        });
        return command;
    }

    internal static Option<int> Number(string name, string valueName, string description, int? defaultValue, int min, int max)
    {
        var option = new Option<int>(name)
        {
            HelpName = valueName,
            Description = defaultValue is null ? description : $"{description} Default: {defaultValue}.",
            CustomParser = result => NumberOption.Parse<int>(result, min, max) ?? 0,
        };
        if (defaultValue is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    private static Option<double> Percent(string name, string what, double defaultValue) => new(name)
    {
        HelpName = "PERCENT",
        Description = $"How many {what}, 0 to 100. Default: {defaultValue}.",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => NumberOption.Parse<double>(result, 0, 100) ?? 0,
    };

    private static Option<NumberRange> Range(string name, string description, string defaultValue, int min, int max)
    {
        string[] ends = defaultValue.Split("..");
        return new Option<NumberRange>(name)
        {
            HelpName = "A..B",
            Description = $"{description} Default: {defaultValue}.",
            CustomParser = result => NumberRange.Parse(result, min, max),
            DefaultValueFactory = _ => new NumberRange(int.Parse(ends[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(ends[1], System.Globalization.CultureInfo.InvariantCulture)),
        };
    }
}
