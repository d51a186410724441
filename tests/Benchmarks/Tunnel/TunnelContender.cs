using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>A way from one namespace to another, with or without a tunnel.</summary>
internal abstract class TunnelContender
{
    protected static readonly TimeSpan SetupLimit = TimeSpan.FromSeconds(60);

    /// <summary>How it is called on the command line.</summary>
    internal abstract string Name { get; }

    /// <summary>What it is, with the cipher.</summary>
    internal abstract string Description { get; }

    /// <summary>The programs that it needs on the PATH.</summary>
    internal virtual IReadOnlyList<string> Tools => [];

    /// <summary>The address that the far end is reached at.</summary>
    internal virtual string FarAddress => AddressOf(1);

    /// <summary>Makes keys and configurations, once for all rounds.</summary>
    internal virtual void Prepare(TempDirectory files)
    {
    }

    /// <summary>Starts both ends; their processes end with the namespaces.</summary>
    /// <returns>The processes that were started.</returns>
    internal abstract IReadOnlyList<ChildProcess> Start(NetworkNamespaces network, TempDirectory files);

    /// <summary>An end's address on the tunnel.</summary>
    protected static string AddressOf(int side) => $"10.88.0.{side + 1}";

    /// <summary>An end's address on the veth pair.</summary>
    protected static string OuterAddressOf(int side) => side == 0 ? NetworkNamespaces.FirstIPv4 : NetworkNamespaces.SecondIPv4;
}
