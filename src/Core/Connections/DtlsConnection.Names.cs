using System.Net.Security;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    private string? ReadRequestedServerName() => Marshal.PtrToStringUTF8(LibSsl.SSL_get_servername(_ssl, LibSsl.ServerNameTypeHost));

    private SslApplicationProtocol? ReadApplicationProtocol()
    {
        byte* name;
        uint length;
        LibSsl.SSL_get0_alpn_selected(_ssl, &name, &length);
        return length == 0 ? null : new SslApplicationProtocol(new ReadOnlySpan<byte>(name, (int)length).ToArray());
    }
}
