using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Interop;

/// <summary>An <c>SSL_CTX</c>.</summary>
internal sealed class SafeSslContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}

/// <summary>An <c>SSL</c>, and with it the BIO that it was given.</summary>
internal sealed class SafeSslHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_free(handle);
        return true;
    }
}

/// <summary>A <c>BIO</c> that no <c>SSL</c> owns yet; <c>SSL_set_bio</c> takes the native reference over.</summary>
internal sealed class SafeBioHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => LibCrypto.BIO_free(handle) == 1;
}

/// <summary>A <c>BIO_METHOD</c>.</summary>
internal sealed class SafeBioMethodHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.BIO_meth_free(handle);
        return true;
    }
}

/// <summary>A <c>BIO_ADDR</c>.</summary>
internal sealed class SafeBioAddressHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.BIO_ADDR_free(handle);
        return true;
    }
}

/// <summary>An <c>X509</c>.</summary>
internal sealed class SafeX509Handle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.X509_free(handle);
        return true;
    }
}

/// <summary>An <c>EVP_PKEY</c>; libcrypto clears the secret when the last reference goes.</summary>
internal sealed class SafePrivateKeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_PKEY_free(handle);
        return true;
    }
}
