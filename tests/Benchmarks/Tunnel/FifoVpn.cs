using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary><c>fifovpn up</c> with its defaults.</summary>
internal sealed class FifoVpn : TunnelContender
{
    private const int Port = 4443;
    private static readonly string[] Names = ["alpha", "beta"];

    internal override string Name => "fifovpn";

    internal override string Description => "fifovpn";

    internal override void Prepare(TempDirectory files)
    {
        MakeCertificates(files);
        for (int side = 0; side < Names.Length; side++)
        {
            files.Write(Names[side] + ".json", JsonSerializer.Serialize(new
            {
                device = "fifovpn0",
                addresses = new[] { AddressOf(side) + "/24" },
                listen = $"{OuterAddressOf(side)}:{Port}",
                certificate = files.PathOf(Names[side] + ".pem"),
                privateKey = files.PathOf(Names[side] + ".key"),
                ca = files.PathOf("ca.pem"),
                statusSocket = files.PathOf(Names[side] + ".sock"),
                peers = new[] { new { name = Names[1 - side], addresses = new[] { AddressOf(1 - side) }, endpoint = $"{OuterAddressOf(1 - side)}:{Port}" } },
            }));
        }
    }

    internal override IReadOnlyList<ChildProcess> Start(NetworkNamespaces network, TempDirectory files) =>
        [.. Names.Select((name, side) => network.StartDotnet(side, "fifovpn", "up", "--config", files.PathOf(name + ".json")))];

    /// <summary>A certificate for each end, EC P-256, made once by <c>fifovpn pki</c>: <c>ca.pem</c>, <c>alpha.pem</c>, <c>alpha.key</c> and so on.</summary>
    internal static void MakeCertificates(TempDirectory files)
    {
        if (File.Exists(files.PathOf("ca.pem")))
        {
            return;
        }

        RunPki("init", "--dir", files.FullPath);
        for (int side = 0; side < Names.Length; side++)
        {
            RunPki("issue", Names[side], "--dir", files.FullPath, "--address", AddressOf(side));
        }
    }

    private static void RunPki(params string[] arguments)
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifovpn", ["pki", .. arguments]);
        if (process.WaitForExit(SetupLimit) != 0)
        {
            throw new CommandFailure(ExitCode.Internal, $"`{process.Command}` failed: {process.Text(OutputStream.Error)}");
        }
    }
}
