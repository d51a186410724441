using System.CommandLine;

namespace FifoDtls.Stress;

/// <summary>The command lines of <c>capacity</c> and of the child process that plays its clients.</summary>
internal static class CapacityCommand
{
    internal const string ClientsName = "capacity-clients";

    private static readonly Option<int> Peers = SoakCommand.Number("--peers", "N", "How many peers, 1 to 50000; each needs a socket in the child and a thread here.", 10_000, 1, 50_000);

    private static readonly Option<int> Hold = SoakCommand.Number("--hold", "SECONDS", "How long to watch all peers idle before they close, 0 to 3600; the slopes are those of the second half.", 60, 0, 3_600);

    private static readonly Option<int> Rest = SoakCommand.Number("--rest", "SECONDS", "How long to wait, after all have closed, for parked threads to end and memory to be given back, 0 to 3600.", 40, 0, 3_600);

    private static readonly Option<NetworkAddress> To = new("--to") { CustomParser = NetworkAddress.ParseRemote, Required = true };

    internal static Command Create()
    {
        var command = new Command(
            "capacity",
            "Measures what an idle peer costs a server: N clients in a child process connect over loopback, and once all are connected the resident memory, the threads and the time "
            + "are printed to stdout; then all stay idle for a while, and the slopes of threads, descriptors and memory are printed; then the clients close, how long that took and what is left is printed, and again what is left after a rest. "
            + "It rests for 3 seconds before each figure, so that peers are idle and memory has settled. Linux only.")
        {
            Peers,
            Hold,
            Rest,
        };
        command.SetAction(parsed =>
        {
            CapacityServer.Run(parsed.GetValue(Peers), TimeSpan.FromSeconds(parsed.GetValue(Hold)), TimeSpan.FromSeconds(parsed.GetValue(Rest)));
            return ExitCode.Ok;
        });
        return command;
    }

    internal static Command CreateClients()
    {
        var command = new Command(ClientsName, "The clients of capacity.") { Peers, To };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            CapacityClients.Run(parsed.GetValue(To)!, parsed.GetValue(Peers));
            return ExitCode.Ok;
        });
        return command;
    }
}
