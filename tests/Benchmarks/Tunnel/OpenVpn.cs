using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>OpenVPN over UDP with certificates, in user space.</summary>
internal sealed class OpenVpn : TunnelContender
{
    private const string Cipher = "AES-256-GCM";
    private static readonly string[] Names = ["alpha", "beta"];

    internal override string Name => "openvpn";

    internal override string Description => $"openvpn, {Cipher}";

    internal override IReadOnlyList<string> Tools => ["openvpn"];

    internal override void Prepare(TempDirectory files)
    {
        FifoVpn.MakeCertificates(files);
        for (int side = 0; side < Names.Length; side++)
        {
            string role = side == 0 ? "tls-server\ndh none" : $"tls-client\nremote {OuterAddressOf(0)} 1194";
            files.Write(
                $"openvpn{side}.conf",
                $"""
                dev ovpn0
                dev-type tun
                proto udp
                local {OuterAddressOf(side)}
                port 1194
                ifconfig {AddressOf(side)} {AddressOf(1 - side)}
                {role}
                ca {files.PathOf("ca.pem")}
                cert {files.PathOf(Names[side] + ".pem")}
                key {files.PathOf(Names[side] + ".key")}
                data-ciphers {Cipher}
                disable-dco

                """);
        }
    }

    internal override IReadOnlyList<ChildProcess> Start(NetworkNamespaces network, TempDirectory files) =>
        [.. Names.Select((_, side) => network.Start(side, "openvpn", "--config", files.PathOf($"openvpn{side}.conf")))];
}
