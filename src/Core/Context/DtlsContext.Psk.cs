using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private void SetPsk()
    {
        if (_options.ClientPsk is not null)
        {
            LibSsl.SSL_CTX_set_psk_client_callback(Handle, &OnClientPsk);
        }

        if (_options.ServerPsk is not null)
        {
            LibSsl.SSL_CTX_set_psk_server_callback(Handle, &OnServerPsk);
        }

        if (_options.PskIdentityHint is { } hint)
        {
            PskLimits.RequireIdentity(hint, nameof(DtlsContextOptions.PskIdentityHint));
            if (LibSsl.SSL_CTX_use_psk_identity_hint(Handle, hint) != 1)
            {
                throw new DtlsException("libssl refuses the PSK identity hint: " + OpenSslErrors.Drain());
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint OnClientPsk(nint ssl, byte* hint, byte* identity, uint identitySize, byte* key, uint keySize) =>
        FifoBio.OfSsl(ssl)?.Psk is { } exchange
            ? exchange.ProvideClientKey(Marshal.PtrToStringUTF8((nint)hint), new Span<byte>(identity, (int)identitySize), new Span<byte>(key, (int)keySize))
            : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint OnServerPsk(nint ssl, byte* identity, byte* key, uint keySize) =>
        FifoBio.OfSsl(ssl)?.Psk is { } exchange && identity != null
            ? exchange.ProvideServerKey(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(identity), new Span<byte>(key, (int)keySize))
            : 0;
}
