using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using FifoDtls.TestSupport;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Service;

/// <summary>The certificates and configurations of a VPN whose nodes run as processes of their own.</summary>
internal sealed class ServiceFolder : IDisposable
{
    private readonly TempDirectory _directory = new();

    public ServiceFolder()
    {
        using CertificateAuthority authority = CertificateAuthority.Create();
        PkiFiles.SaveCa(authority, Path, force: false);
        foreach ((string name, string address) in new[] { ("alpha", "10.88.0.1"), ("beta", "10.88.0.2"), ("gamma", "10.88.0.3") })
        {
            using NodeCertificate node = authority.Issue(name, [VpnAddress.Parse(address)]);
            PkiFiles.SaveNode(node, Path, force: false);
        }
    }

    public string Path => _directory.FullPath;

    public string PathOf(string name) => _directory.PathOf(name);

    /// <summary>A certificate of another node.</summary>
    public void Issue(string name, string address, params string[] subnets)
    {
        using CertificateAuthority authority = PkiFiles.LoadCa(Path);
        using NodeCertificate node = authority.Issue(CertificateIdentity.Node(name, [VpnAddress.Parse(address)], [.. subnets.Select(IpPrefix.Parse)]));
        PkiFiles.SaveNode(node, Path, force: false);
    }

    /// <summary>Writes ca.crl, with these nodes in it.</summary>
    public void WriteRevocationList(int number, params string[] revoked)
    {
        using CertificateAuthority authority = PkiFiles.LoadCa(Path);
        using X509Certificate2 issuer = authority.Certificate.CopyWithPrivateKey(authority.Key);
        CertificateRevocationListBuilder list = new();
        foreach (string name in revoked)
        {
            using X509Certificate2 certificate = PkiFiles.LoadCertificate(PathOf($"{name}.pem"));
            list.AddEntry(certificate);
        }

        File.WriteAllBytes(PathOf("ca.crl"), list.Build(issuer, number, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: DateTimeOffset.UtcNow.AddHours(-1)));
    }

    /// <summary>The configuration of a node with nothing but what it needs; a test adds to it.</summary>
    public static JsonObject Config(string name, string address, string listen, params JsonObject[] peers) => new()
    {
        ["addresses"] = new JsonArray(address),
        ["listen"] = listen,
        ["certificate"] = $"{name}.pem",
        ["privateKey"] = $"{name}.key",
        ["ca"] = "ca.pem",
        ["keepalive"] = 2,
        ["statusSocket"] = "none",
        ["peers"] = new JsonArray(peers),
    };

    public static JsonObject Peer(string name, string address, string? endpoint = null, params string[] allowed)
    {
        JsonObject peer = new()
        {
            ["name"] = name,
            ["addresses"] = new JsonArray(address),
            ["allowedAddresses"] = new JsonArray([.. allowed.Select(prefix => (JsonNode)prefix)]),
        };
        if (endpoint is not null)
        {
            peer["endpoint"] = endpoint;
        }

        return peer;
    }

    public string Write(string name, JsonObject config) => _directory.Write($"{name}.json", config.ToJsonString());

    public string Write(string name, string text) => _directory.Write(name, text);

    /// <summary>An executable shell script.</summary>
    public string Script(string name, string text)
    {
        string path = _directory.Write(name, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public void Dispose() => _directory.Dispose();
}
