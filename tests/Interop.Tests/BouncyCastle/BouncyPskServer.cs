using System.Net.Security;
using System.Text;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>BouncyCastle's server with a pre-shared key, with one suite.</summary>
internal sealed class BouncyPskServer(string identity, byte[] key, TlsCipherSuite suite) : PskTlsServer(new KeyOf(identity, key))
{
    protected override ProtocolVersion MaximumVersion => ProtocolVersion.DTLSv12;

    protected override ProtocolVersion MinimumVersion => ProtocolVersion.DTLSv12;

    protected override int[] GetCipherSuites() => [(int)suite];

    private sealed class KeyOf(string known, byte[] key) : TlsPskIdentityManager
    {
        public byte[] GetHint() => Encoding.UTF8.GetBytes("a hint");

        public byte[]? GetPsk(byte[] identity) => Encoding.UTF8.GetString(identity) == known ? (byte[])key.Clone() : null;
    }
}
