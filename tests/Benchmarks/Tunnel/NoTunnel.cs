using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>The veth pair itself.</summary>
internal sealed class NoTunnel : TunnelContender
{
    internal override string Name => "none";

    internal override string Description => "no tunnel";

    internal override string FarAddress => OuterAddressOf(1);

    internal override IReadOnlyList<ChildProcess> Start(NetworkNamespaces network, TempDirectory files) => [];
}
