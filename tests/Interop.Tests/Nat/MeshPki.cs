using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>The certificates of all tests of this namespace, made once by <c>fifovpn pki</c>.</summary>
[SetUpFixture]
internal sealed class MeshPki
{
    /// <summary>The names of the nodes; the n-th has the addresses 10.88.0.n and fd88::n, from 1.</summary>
    public static readonly string[] Nodes = ["alpha", "beta", "gamma"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static TempDirectory? s_files;

    public static string IPv4(string name) => $"10.88.0.{Array.IndexOf(Nodes, name) + 1}";

    public static string IPv6(string name) => $"fd88::{Array.IndexOf(Nodes, name) + 1}";

    public static string PathOf(string file) => s_files!.PathOf(file);

    [OneTimeSetUp]
    public void Make()
    {
        s_files = new TempDirectory();
        Pki("init");
        foreach (string node in Nodes)
        {
            Pki("issue", node, "--address", IPv4(node), "--address", IPv6(node));
        }

        Pki("issue", "hub", "--address", "10.88.0.1");
        Pki("issue", Mesh.FirstServer, "--rendezvous");
        Pki("issue", Mesh.SecondServer, "--rendezvous");
        Pki("crl");
    }

    [OneTimeTearDown]
    public void Remove() => s_files?.Dispose();

    private static void Pki(params string[] arguments)
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifovpn", ["pki", .. arguments, "--dir", s_files!.FullPath]);
        Assert.That(process.WaitForExit(Limit), Is.Zero, process.Text(OutputStream.Error));
    }
}
