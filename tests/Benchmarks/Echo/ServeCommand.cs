using System.CommandLine;
using System.Net;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of the child process that echoes.</summary>
internal static class ServeCommand
{
    internal const string Name = "serve";

    internal static Command Create()
    {
        var kind = new Argument<EchoKind>("KIND");
        var command = new Command(Name, "An echo server on loopback, until the end of its input.") { kind };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            Serve(parsed.GetValue(kind));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Serve(EchoKind kind)
    {
        var local = new IPEndPoint(IPAddress.Loopback, 0);
        if (kind == EchoKind.Raw)
        {
            using var server = new RawEchoServer(local);
            WaitForEnd(server.EndPoint);
            return;
        }

        using DtlsContext context = BenchContexts.CreateServer();
        using var endpoint = new DtlsEndpoint(new DtlsEndpointOptions { LocalEndPoint = local, ServerContext = context, Session = Echo, MaxHandshakesPerSecond = 1_000_000 });
        WaitForEnd(endpoint.LocalEndPoint);
    }

    private static void WaitForEnd(IPEndPoint local)
    {
        Console.WriteLine($"listening {local}");
        _ = Console.In.ReadToEnd();
    }

    private static void Echo(DtlsPeer peer)
    {
        byte[] buffer = new byte[2_048];
        for (DtlsReceiveResult result = peer.Receive(buffer); result.HasData; result = peer.Receive(buffer))
        {
            peer.Send(buffer.AsSpan(0, result.Length));
        }
    }
}
