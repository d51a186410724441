using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FifoVpn.Pki;
using FifoVpn.Status;

namespace FifoVpn.Cli;

/// <summary>fifovpn ping: round trips over the association with a peer, without the devices on both sides.</summary>
internal static class PingCommand
{
    private const int DefaultCount = 4;
    private const int MaxCount = 100_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        StatusSocketOptions socket = new();
        Argument<string> peer = new("PEER") { Description = "The peer's name" };
        peer.Validators.Add(result =>
        {
            if (!NodeName.IsValid(result.Tokens[0].Value))
            {
                result.AddError($"PEER: {NodeName.Complaint(result.Tokens[0].Value)}");
            }
        });
        Option<int> count = new("--count", "-n")
        {
            Description = "How many pings, one each second",
            DefaultValueFactory = _ => DefaultCount,
            HelpName = "N",
            CustomParser = ParseCount,
        };
        Command command = new("ping", "Ping a peer of a running node through their association, until SIGINT or the count is full") { peer, count };
        socket.AddTo(command);
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                using StatusClient client = new(socket.Find(result));
                return Run(client, result.GetRequiredValue(peer), result.GetValue(count), result.InvocationConfiguration.Output);
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static int ParseCount(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > MaxCount)
        {
            result.AddError($"--count: \"{text}\" is not a whole number from 1 to {MaxCount}");
        }

        return count;
    }

    private static ExitCode Run(StatusClient client, string peer, int count, TextWriter output)
    {
        using Interruption end = new();
        List<double> roundTrips = [];
        int sent = 0;
        do
        {
            PingStatus answer = client.Ping(peer);
            sent++;
            if (answer.RoundTripMilliseconds is { } milliseconds)
            {
                roundTrips.Add(milliseconds);
                output.WriteLine($"answer from {peer} at {answer.Via}: seq={sent} time={Humane.Milliseconds(milliseconds)}");
            }
            else
            {
                output.WriteLine($"{peer}: seq={sent} {answer.Failure}");
            }

            output.Flush();
        }
        while (sent < count && !end.Wait(Interval));

        WriteSummary(peer, sent, roundTrips, output);
        return roundTrips.Count > 0 ? ExitCode.Success : throw new ExitException(ExitCode.NoAnswer, $"\"{peer}\" has not answered");
    }

    private static void WriteSummary(string peer, int sent, List<double> roundTrips, TextWriter output)
    {
        double loss = 100.0 * (sent - roundTrips.Count) / sent;
        output.WriteLine();
        output.WriteLine($"--- {peer} ping statistics ---");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} sent, {roundTrips.Count} answered, {loss:0.#}% loss"));
        if (roundTrips.Count > 0)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"round trip min/avg/max = {roundTrips.Min():0.000}/{roundTrips.Average():0.000}/{roundTrips.Max():0.000} ms"));
        }
    }
}
