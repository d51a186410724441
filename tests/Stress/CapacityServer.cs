using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoDtls.Stress;

/// <summary>The <c>capacity</c> command: the server, whose process has nothing else to hold, and what it costs.</summary>
internal static class CapacityServer
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(60);

    /// <summary>Starts the clients, waits for them, watches them idle, lets them close, and prints a line before, one when they are connected, one of the idle time and two after.</summary>
    internal static void Run(int peers, TimeSpan hold, TimeSpan rest)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailure(ExitCode.Usage, "capacity reads /proc, which only Linux has.");
        }

        using DtlsContext context = CreateContext();
        using var ended = new CountdownEvent(peers);
        using var endpoint = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            ServerContext = context,
            MaxPeers = peers,
            Session = WaitForEnd,
            PeerEnded = peer => Count(peer, ended),
        });
        (long, long) before = Print("0 peers", endpoint, peers: 0, before: default);
        long start = Stopwatch.GetTimestamp();
        using Process clients = StartClients(endpoint.LocalEndPoint, peers);
        string? line = clients.StandardOutput.ReadLine();
        TimeSpan connecting = Stopwatch.GetElapsedTime(start);
        if (line != "connected")
        {
            throw new CommandFailure(ExitCode.AssociationFailed, "The clients did not connect; what they wrote to stderr says why.");
        }

        Print(string.Create(CultureInfo.InvariantCulture, $"{endpoint.Statistics.Peers} peers after {connecting.TotalSeconds:0.0} s"), endpoint, peers, before);
        PrintSlopes(hold);
        start = Stopwatch.GetTimestamp();
        clients.StandardInput.Close();
        bool closed = ended.Wait(Closing);
        string closing = string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        clients.WaitForExit();
        if (!closed)
        {
            throw new CommandFailure(ExitCode.AssociationFailed, $"{ended.CurrentCount} of {peers} peers are still there {closing} after the clients began to close them.");
        }

        Print($"closed by their clients after {closing}", endpoint, peers: 0, before: default);
        if (rest > TimeSpan.Zero)
        {
            Thread.Sleep(rest);
            Print($"{rest.TotalSeconds:0} s later", endpoint, peers: 0, before: default);
        }
    }

    private static void Count(DtlsPeer peer, CountdownEvent ended)
    {
        if (peer.End == DtlsPeerEnd.ClosedByPeer) // not a handshake that was begun twice
        {
            ended.Signal();
        }
    }

    private static void WaitForEnd(DtlsPeer peer)
    {
        Span<byte> buffer = stackalloc byte[64];
        while (peer.Receive(buffer).HasData)
        {
        }
    }

    private static (long Resident, long Compact) Print(string what, DtlsEndpoint endpoint, int peers, (long Resident, long Compact) before)
    {
        Thread.Sleep(Settling); // handshakes' garbage is collected, peers become idle, and the allocator gives back what it will
        GC.Collect();
        long resident = Status("VmRSS:");
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long compact = Status("VmRSS:");
        Console.WriteLine(
            $"{what}: resident {resident} KiB{Each(resident - before.Resident, peers)}; without the runtime's reserve {compact} KiB{Each(compact - before.Compact, peers)}; "
            + $"managed heap {GC.GetTotalMemory(forceFullCollection: true) >> 10} KiB; {Status("Threads:")} threads; kernel drops {endpoint.Statistics.KernelDrops}");
        return (resident, compact);
    }

    /// <summary>What all peers hold while they are idle, and whether it stays the same.</summary>
    private static void PrintSlopes(TimeSpan hold)
    {
        if (hold == TimeSpan.Zero)
        {
            return;
        }

        var watch = new ResourceWatch(hold);
        Thread.Sleep(hold);
        watch.Stop();
        ResourceReport report = watch.Finish();
        Console.WriteLine(
            $"idle for {hold.TotalSeconds:0} s: {Slope("threads", report.Threads)}; {Slope("descriptors", report.Descriptors)}; {Slope("resident", report.Resident, "KiB")}; "
            + $"{Slope("native heap", report.Native, "KiB")}; {Slope("managed heap", report.Managed, "KiB")}");
    }

    private static string Slope(string what, ResourceSeries series, string? unit = null)
    {
        double divisor = unit is null ? 1 : 1024;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {series.Start / divisor:0}{(unit is null ? "" : " " + unit)}, {series.SlopePerMinute / divisor:+0.0;-0.0;0.0} ± {series.SlopeErrorPerMinute / divisor:0.0} a minute");
    }

    private static string Each(long more, int peers) => peers == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {more / (double)peers:0.0} KiB each");

    private static long Status(string field) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    private static Process StartClients(IPEndPoint server, int peers)
    {
        string[] self = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(CapacityServer).Assembly.Location] : [];
        var start = new ProcessStartInfo(
            Environment.ProcessPath!, [.. self, CapacityCommand.ClientsName, "--to", server.ToString(), "--peers", peers.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private static DtlsContext CreateContext()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate =
            new CertificateRequest("CN=capacity", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddHours(12));
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
    }
}
