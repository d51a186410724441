using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FifoDtls.Tests;

/// <summary>
/// Counts OpenSSL's own objects, whoever holds them: libcrypto tells when an object that can carry application data is made and freed (CRYPTO_get_ex_new_index(3)). It counts those of the whole process
/// that are made from its construction on; one at a time.
/// </summary>
internal sealed unsafe partial class NativeObjects : IDisposable
{
    internal const string Ssl = "SSL";
    internal const string SslContext = "SSL_CTX";
    internal const string SslSession = "SSL_SESSION";

    // CRYPTO_EX_INDEX_... of crypto.h
    private static readonly (int Class, string Name)[] Classes =
    [
        (0, Ssl), (1, SslContext), (2, SslSession), (3, "X509"), (4, "X509_STORE"), (5, "X509_STORE_CTX"), (6, "DH"), (8, "EC_KEY"), (9, "RSA"), (12, "BIO"), (17, "EVP_PKEY"),
    ];

    private static readonly ConcurrentDictionary<(nint Address, long Class), byte> LivingObjects = [];
    private static int _made;

    private readonly int[] _indices;

    internal NativeObjects()
    {
        Settle();
        LivingObjects.Clear();
        _made = 0;
        _indices = [.. Classes.Select(one => CRYPTO_get_ex_new_index(one.Class, new CLong(one.Class), 0, &OnMade, 0, &OnFreed))];
        Assert.That(_indices, Has.All.Not.Negative);
    }

    /// <summary>How many objects were made.</summary>
    internal static int Made => Volatile.Read(ref _made);

    /// <summary>The objects that live, by the name of their class; none of a class that has none.</summary>
    internal static Dictionary<string, int> Living
    {
        get
        {
            Settle();
            return LivingObjects.Keys.GroupBy(one => Classes.Single(known => known.Class == one.Class).Name).ToDictionary(group => group.Key, group => group.Count());
        }
    }

    public void Dispose()
    {
        foreach (((int objectClass, _), int index) in Classes.Zip(_indices))
        {
            Assert.That(CRYPTO_free_ex_index(objectClass, index), Is.EqualTo(1));
        }
    }

    // .NET's certificates are objects of the same libcrypto; those that tests leave to the collector must not be taken for ours.
    private static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMade(nint parent, nint pointer, nint data, int index, CLong objectClass, nint argument)
    {
        Interlocked.Increment(ref _made);
        LivingObjects[(parent, objectClass.Value)] = 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFreed(nint parent, nint pointer, nint data, int index, CLong objectClass, nint argument) => LivingObjects.TryRemove((parent, objectClass.Value), out _);

    [LibraryImport("libcrypto.so.3")]
    private static partial int CRYPTO_get_ex_new_index(
        int objectClass,
        CLong number,
        nint argument,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int, CLong, nint, void> made,
        nint copied,
        delegate* unmanaged[Cdecl]<nint, nint, nint, int, CLong, nint, void> freed);

    [LibraryImport("libcrypto.so.3")]
    private static partial int CRYPTO_free_ex_index(int objectClass, int index);
}
