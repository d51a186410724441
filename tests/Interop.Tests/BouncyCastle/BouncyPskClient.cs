using System.Net.Security;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>BouncyCastle's client with a pre-shared key, with one suite.</summary>
internal sealed class BouncyPskClient(string identity, byte[] key, TlsCipherSuite suite) : PskTlsClient(new BasicTlsPskIdentity(identity, key))
{
    public override ProtocolVersion ClientVersion => ProtocolVersion.DTLSv12;

    public override ProtocolVersion MinimumVersion => ProtocolVersion.DTLSv12;

    public override int[] GetCipherSuites() => [(int)suite];
}
