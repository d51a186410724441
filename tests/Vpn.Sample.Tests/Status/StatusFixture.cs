using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Status;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Status;

/// <summary>Two connected nodes, alpha and beta, of which alpha tells its status.</summary>
internal sealed class StatusFixture : IDisposable
{
    private readonly TempDirectory _folder = new();

    public StatusFixture(bool startBeta = true)
    {
        Alpha = Vpn.Member("alpha");
        Beta = Vpn.Member("beta");
        A = Vpn.Start(Alpha, Beta.Called());
        SocketPath = _folder.PathOf("run/alpha.sock");
        Server = new StatusServer(SocketPath, A.Node, NullLogger.Instance);
        Server.Start();
        if (startBeta)
        {
            B = Vpn.Start(Beta, Alpha.Awaited());
            A.WaitUntilConnected(Beta);
            B.WaitUntilConnected(Alpha);
        }
    }

    public TestVpn Vpn { get; } = new();

    public VpnMember Alpha { get; }

    public VpnMember Beta { get; }

    public TestNode A { get; }

    public TestNode? B { get; }

    public StatusServer Server { get; }

    public string SocketPath { get; }

    /// <summary>Runs a command line of fifovpn against the socket.</summary>
    public (ExitCode Code, string Output, string Error) Run(params string[] arguments) => RunCommand([.. arguments, "--socket", SocketPath]);

    public static (ExitCode Code, string Output, string Error) RunCommand(params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        int code = Watchdog.Run(TestNode.Limit, () => FifoVpnCommand.Invoke(arguments, output, error), string.Join(' ', arguments));
        return ((ExitCode)code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        Server.Dispose();
        Vpn.Dispose();
        _folder.Dispose();
    }
}
