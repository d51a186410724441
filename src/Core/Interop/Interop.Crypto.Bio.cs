using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: <c>bio.h</c>.</summary>
internal static unsafe partial class LibCrypto
{
    internal const int BioTypeSourceSink = 0x0400;

    internal const int BioFlagRead = 0x01;
    internal const int BioFlagRetryMask = 0x0F;
    internal const int BioFlagShouldRetry = 0x08;

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_get_new_index();

    [LibraryImport(Libraries.Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeBioMethodHandle BIO_meth_new(int type, string name);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_meth_free(nint method);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_meth_set_write(SafeBioMethodHandle method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_meth_set_read(SafeBioMethodHandle method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_meth_set_ctrl(SafeBioMethodHandle method, delegate* unmanaged[Cdecl]<nint, int, CLong, void*, CLong> control);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_meth_set_destroy(SafeBioMethodHandle method, delegate* unmanaged[Cdecl]<nint, int> destroy);

    [LibraryImport(Libraries.Crypto)]
    internal static partial SafeBioHandle BIO_new(SafeBioMethodHandle method);

    /// <summary>A BIO that reads from the caller's memory, which must stay where it is.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial SafeBioHandle BIO_new_mem_buf(byte* data, int length);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(Libraries.Crypto)]
    internal static partial CLong BIO_ctrl(SafeBioHandle bio, int command, CLong number, void* pointer);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_read(SafeBioHandle bio, byte* buffer, int size);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_write(SafeBioHandle bio, byte* data, int size);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_test_flags(SafeBioHandle bio, int flags);

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint BIO_get_data(nint bio);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_set_data(nint bio, nint data);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_set_init(nint bio, int init);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_get_shutdown(nint bio);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_set_shutdown(nint bio, int shutdown);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Libraries.Crypto)]
    internal static partial SafeBioAddressHandle BIO_ADDR_new();

    [LibraryImport(Libraries.Crypto)]
    internal static partial void BIO_ADDR_free(nint address);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_ADDR_family(nint address);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_ADDR_rawaddress(nint address, byte* bytes, nuint* length);

    /// <summary>The port, in network byte order.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial ushort BIO_ADDR_rawport(nint address);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int BIO_ADDR_rawmake(nint address, int family, byte* where, nuint length, ushort port);
}
