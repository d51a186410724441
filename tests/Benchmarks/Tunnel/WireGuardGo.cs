using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>WireGuard in user space, as Debian has it.</summary>
internal sealed class WireGuardGo : TunnelContender
{
    private const int Port = 51_820;
    private const string Mtu = "1420"; // what wg-quick would set

    internal override string Name => "wireguard-go";

    internal override string Description => "wireguard-go, ChaCha20-Poly1305";

    internal override IReadOnlyList<string> Tools => ["wireguard-go", "wg"];

    internal override void Prepare(TempDirectory files)
    {
        string[] keys = [GenerateKey(), GenerateKey()];
        for (int side = 0; side < keys.Length; side++)
        {
            files.WriteSecret(
                $"wg{side}.conf",
                $"""
                [Interface]
                PrivateKey = {keys[side]}
                ListenPort = {Port}
                [Peer]
                PublicKey = {PublicKeyOf(keys[1 - side])}
                AllowedIPs = {AddressOf(1 - side)}/32
                Endpoint = {OuterAddressOf(1 - side)}:{Port}

                """);
        }
    }

    internal override IReadOnlyList<ChildProcess> Start(NetworkNamespaces network, TempDirectory files)
    {
        var processes = new List<ChildProcess>();
        for (int side = 0; side < network.Count; side++)
        {
            string device = $"fdb{Environment.ProcessId}w{side}"; // its control socket is in one folder for all namespaces
            processes.Add(network.Start(side, "wireguard-go", "--foreground", device));
            int index = side;
            Eventually.True(() => network.Run(index, SetupLimit, "wg", "show", device).ExitCode == 0, SetupLimit, $"wireguard-go answers for {device}");
            network.Run(side, SetupLimit, "wg", "setconf", device, files.PathOf($"wg{side}.conf")).EnsureSuccess();
            network.Run(side, SetupLimit, "ip", "address", "add", AddressOf(side) + "/24", "dev", device).EnsureSuccess();
            network.Run(side, SetupLimit, "ip", "link", "set", device, "mtu", Mtu, "up").EnsureSuccess();
        }

        return processes;
    }

    private static string GenerateKey() => ChildProcess.Run(SetupLimit, "wg", "genkey").EnsureSuccess().Output.Trim();

    private static string PublicKeyOf(string key)
    {
        using ChildProcess process = ChildProcess.Start("wg", "pubkey");
        process.WriteLine(key);
        process.CloseInput();
        process.WaitForExit(SetupLimit);
        return process.Text(OutputStream.Output).Trim();
    }
}
