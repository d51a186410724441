using System.Net.Security;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private const int MaxProtocolName = 255; // RFC 7301 §3.1
    private const int MaxProtocolList = 65_535;

    private void SetNames()
    {
        if (_options.SelectCredentials is not null)
        {
            _ = LibSsl.SSL_CTX_callback_ctrl(Handle, LibSsl.CtrlSetServerNameCallback, &HandshakeCallbacks.OnServerName);
        }

        if (_options.ApplicationProtocols.Count == 0)
        {
            return;
        }

        byte[] list = EncodeProtocols(_options.ApplicationProtocols);
        fixed (byte* start = list)
        {
            if (LibSsl.SSL_CTX_set_alpn_protos(Handle, start, (uint)list.Length) != 0)
            {
                throw new DtlsException("libssl refuses the application protocols: " + OpenSslErrors.Drain());
            }
        }

        LibSsl.SSL_CTX_set_alpn_select_cb(Handle, &HandshakeCallbacks.OnSelectProtocol, null);
    }

    private static byte[] EncodeProtocols(IReadOnlyList<SslApplicationProtocol> protocols)
    {
        List<byte> list = [];
        foreach (SslApplicationProtocol protocol in protocols)
        {
            if (protocol.Protocol.Length is 0 or > MaxProtocolName)
            {
                throw new ArgumentException($"A protocol in {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.ApplicationProtocols)} has 1 to {MaxProtocolName} bytes.");
            }

            list.Add((byte)protocol.Protocol.Length);
            list.AddRange(protocol.Protocol.Span);
        }

        return list.Count <= MaxProtocolList
            ? [.. list]
            : throw new ArgumentException($"{nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.ApplicationProtocols)} is longer than {MaxProtocolList} bytes.");
    }
}
