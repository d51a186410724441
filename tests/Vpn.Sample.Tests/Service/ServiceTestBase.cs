using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Service;

/// <summary>Each test has a folder and a host of its own, for nodes that run as processes.</summary>
internal abstract class ServiceTestBase
{
    private protected ServiceFolder _folder = null!;
    private protected NetworkNamespaces _hosts = null!;

    [SetUp]
    public void MakeHost()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        _folder = new ServiceFolder();
        _hosts = NetworkNamespaces.Create(1);
    }

    [TearDown]
    public void RemoveHost()
    {
        _hosts?.Dispose();
        _folder?.Dispose();
    }
}
