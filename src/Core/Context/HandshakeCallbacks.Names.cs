using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

// What the ClientHello asks for by name: a host (RFC 6066 §3) and an application protocol (RFC 7301).
internal sealed unsafe partial class HandshakeCallbacks
{
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnServerName(nint ssl, int* alert, void* argument)
    {
        *alert = (int)DtlsAlert.InternalError;
        if (FifoBio.OfSsl(ssl)?.Callbacks is not { } self)
        {
            return LibSsl.ExtensionAlertFatal;
        }

        try
        {
            return self.SelectCredentials(ssl, alert);
        }
        catch (Exception exception)
        {
            self.Failure = exception;
            self.Refusal = $"{nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.SelectCredentials)} failed: {exception.Message}";
            return LibSsl.ExtensionAlertFatal;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnSelectProtocol(nint ssl, byte** selected, byte* selectedLength, byte* offered, uint offeredLength, void* argument)
    {
        if (FifoBio.OfSsl(ssl)?.Callbacks is not { } self)
        {
            return LibSsl.ExtensionAlertFatal;
        }

        ReadOnlySpan<byte> offer = new(offered, (int)offeredLength);
        int at = self.FindProtocol(offer);
        if (at < 0)
        {
            self.Refusal = "the client offers no application protocol that is served";
            return LibSsl.ExtensionAlertFatal;
        }

        *selectedLength = offer[at];
        *selected = offered + at + 1; // libssl copies it at once
        return LibSsl.ExtensionOk;
    }

    private int SelectCredentials(nint ssl, int* alert)
    {
        // libssl asks a client too, at the ServerHello.
        if (role == DtlsRole.Client || context.Options.SelectCredentials is not { } select)
        {
            return LibSsl.ExtensionOk;
        }

        string? name = Marshal.PtrToStringUTF8(LibSsl.SSL_get_servername(ssl, LibSsl.ServerNameTypeHost));
        if (select(name) is not { } credentials)
        {
            *alert = (int)DtlsAlert.UnrecognizedName;
            Refusal = name is null ? "there is no certificate for clients that name no server" : $"there is no certificate for the server name \"{Printable(name)}\"";
            return LibSsl.ExtensionAlertFatal;
        }

        Use(ssl, credentials);
        return name is null ? LibSsl.ExtensionNoAck : LibSsl.ExtensionOk;
    }

    // All slots are cleared first: a context's certificate of the other key type would stay and could be chosen by the cipher suite.
    private static void Use(nint ssl, DtlsCredentials credentials)
    {
        ObjectDisposedException.ThrowIf(credentials.Key.IsClosed, credentials);
        LibSsl.SSL_certs_clear(ssl);
        bool ok = LibSsl.SSL_use_certificate(ssl, credentials.Certificate) == 1 && LibSsl.SSL_use_PrivateKey(ssl, credentials.Key) == 1;
        foreach (SafeX509Handle intermediate in credentials.Intermediates)
        {
            ok = ok && LibSsl.SSL_ctrl(ssl, LibSsl.CtrlChainCert, new CLong(LibSsl.ChainCertAddReference), intermediate).Value == 1;
        }

        if (!ok)
        {
            throw new DtlsCredentialException("OpenSSL refuses the certificate or its key: " + OpenSslErrors.Drain());
        }
    }

    /// <returns>Where in the client's list the length of the chosen name stands, or -1.</returns>
    private int FindProtocol(ReadOnlySpan<byte> offer)
    {
        foreach (SslApplicationProtocol protocol in context.Options.ApplicationProtocols)
        {
            int length;
            for (int at = 0; at < offer.Length && (length = offer[at]) < offer.Length - at; at += 1 + length)
            {
                if (offer.Slice(at + 1, length).SequenceEqual(protocol.Protocol.Span))
                {
                    return at;
                }
            }
        }

        return -1;
    }

    // The name is the client's, and messages end up in logs.
    private static string Printable(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '?'));
}
