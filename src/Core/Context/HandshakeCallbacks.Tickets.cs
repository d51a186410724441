using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FifoDtls.Interop;

namespace FifoDtls;

// Session tickets (RFC 5077): who gets one, and the keys.
internal sealed unsafe partial class HandshakeCallbacks
{
    /// <summary>The largest session, in bytes, that is made a ticket of: in a ClientHello it must leave room for the rest of the 8,192 bytes that an endpoint takes.</summary>
    internal const int MaxTicketSession = 4_096;

    /// <summary>
    /// A session without extended master secret could be resumed with another server's keys (RFC 7627 §1), and once its ticket is out, it can't be forgotten: no ticket is opened or made for such
    /// a client.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnClientHello(nint ssl, int* alert, void* argument)
    {
        byte* content;
        nuint length;
        bool extended = LibSsl.SSL_client_hello_get0_ext(ssl, LibSsl.ExtensionExtendedMasterSecret, &content, &length) == 1;
        if (!extended || (LibSsl.SSL_get_options(ssl) & LibSsl.OpNoExtendedMasterSecret) != 0)
        {
            _ = LibSsl.SSL_set_options(ssl, LibSsl.OpNoTicket);
        }

        return LibSsl.ClientHelloSuccess;
    }

    /// <summary>Sets up the contexts that encrypt and authenticate a ticket, or that open one.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnTicketKey(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int makes)
    {
        if (FifoBio.OfSsl(ssl) is not { Tickets: { } keys, Callbacks: { } self })
        {
            return LibSsl.TicketNone;
        }

        Span<byte> key = stackalloc byte[TicketKey.Size];
        try
        {
            return makes != 0 ? MakeTicket(keys, ssl, name, iv, cipher, mac, key) : OpenTicket(keys, name, iv, cipher, mac, key);
        }
        catch (Exception exception)
        {
            self.Failure = exception;
            self.Refusal = $"the session ticket failed: {exception.Message}";
            return LibSsl.TicketFailed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static int MakeTicket(TicketKeys keys, nint ssl, byte* name, byte* iv, nint cipher, nint mac, Span<byte> key)
    {
        if (LibSsl.i2d_SSL_SESSION(LibSsl.SSL_get_session(ssl), null) > MaxTicketSession || !keys.TryCopyCurrent(key))
        {
            return LibSsl.TicketNone; // an empty one is sent (RFC 5077 §3.3)
        }

        key[..TicketKey.NameSize].CopyTo(new Span<byte>(name, TicketKey.NameSize));
        RandomNumberGenerator.Fill(new Span<byte>(iv, LibCrypto.AesBlockSize));
        SetUp(key, iv, cipher, mac, encrypts: 1);
        return LibSsl.TicketGood;
    }

    private static int OpenTicket(TicketKeys keys, byte* name, byte* iv, nint cipher, nint mac, Span<byte> key)
    {
        if (!keys.TryCopy(new ReadOnlySpan<byte>(name, TicketKey.NameSize), key, out bool isOld))
        {
            return LibSsl.TicketNone; // a full handshake, with a new ticket
        }

        SetUp(key, iv, cipher, mac, encrypts: 0);
        return isOld ? LibSsl.TicketRenew : LibSsl.TicketGood;
    }

    private static void SetUp(ReadOnlySpan<byte> key, byte* iv, nint cipher, nint mac, int encrypts)
    {
        fixed (byte* cipherKey = key[TicketKey.NameSize..])
        fixed (byte* macKey = key[(TicketKey.NameSize + TicketKey.CipherKeySize)..])
        fixed (byte* digest = "digest"u8, sha256 = "SHA256"u8)
        {
            LibCrypto.NativeParameter* parameters = stackalloc LibCrypto.NativeParameter[2];
            parameters[0] = new LibCrypto.NativeParameter { Key = digest, Type = LibCrypto.ParameterUtf8String, Data = sha256, Size = 6, ReturnSize = nuint.MaxValue };
            parameters[1] = default; // ends the list
            if (LibCrypto.EVP_MAC_init(mac, macKey, TicketKey.MacKeySize, parameters) != 1
                || LibCrypto.EVP_CipherInit_ex(cipher, LibCrypto.EVP_aes_256_cbc(), 0, cipherKey, iv, encrypts) != 1)
            {
                throw new DtlsException("libcrypto refuses a ticket key: " + OpenSslErrors.Drain());
            }
        }
    }
}
