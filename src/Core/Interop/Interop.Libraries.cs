using System.Reflection;
using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>The native libraries: their names in one place, and how they are found.</summary>
internal static class Libraries
{
    internal const string Ssl = "libssl";
    internal const string Crypto = "libcrypto";

    /// <summary>Names a folder that holds libssl and libcrypto, for systems where they are not on the loader's path.</summary>
    internal const string FolderVariable = "FIFODTLS_OPENSSL_DIR";

    // OPENSSL_init_ssl: read the error strings; leave no atexit handler behind, because worker threads may still
    // be inside libssl while the process ends, and the handler would free what they use.
    private const ulong InitNoAtExit = 0x0008_0000;
    private const ulong InitLoadSslStrings = 0x0020_0000;
    private const ulong InitLoadCryptoStrings = 0x0000_0002;

    private static readonly Lazy<LoadResult> Loaded = new(Load);

    private sealed record LoadResult(nint Ssl, nint Crypto, string? Problem);

    /// <summary>Loads libssl 3 and libcrypto 3 once for the process.</summary>
    /// <exception cref="DtlsLibraryException">They are missing, unusable or too old; the message says what to install.</exception>
    internal static void EnsureLoaded()
    {
        if (Loaded.Value.Problem is { } problem)
        {
            throw new DtlsLibraryException(problem);
        }
    }

    private static LoadResult Load()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        nint crypto = TryLoad(CryptoFileNames(), folder, out string triedCrypto);
        if (crypto == 0)
        {
            return new LoadResult(0, 0, Missing("libcrypto", triedCrypto));
        }

        nint ssl = TryLoad(SslFileNames(), folder, out string triedSsl);
        if (ssl == 0)
        {
            return new LoadResult(0, 0, Missing("libssl", triedSsl));
        }

        if (!NativeLibrary.TryGetExport(ssl, "SSL_get1_peer_certificate", out _))
        {
            return new LoadResult(0, 0, "The libssl that was found is older than OpenSSL 3.0, which FifoDtls needs. " + HowToInstall());
        }

        NativeLibrary.SetDllImportResolver(
            typeof(Libraries).Assembly,
            (name, _, _) => name switch { Ssl => ssl, Crypto => crypto, _ => 0 });
        if (LibSsl.OPENSSL_init_ssl(InitNoAtExit | InitLoadSslStrings | InitLoadCryptoStrings, 0) != 1)
        {
            return new LoadResult(ssl, crypto, "libssl could not be initialised: " + OpenSslErrors.Drain());
        }

        return new LoadResult(ssl, crypto, null);
    }

    private static nint TryLoad(string[] names, string? folder, out string tried)
    {
        List<string> paths = [];
        foreach (string name in names)
        {
            string path = folder is { Length: > 0 } ? Path.Combine(folder, name) : name;
            paths.Add(path);
            if (NativeLibrary.TryLoad(path, Assembly.GetExecutingAssembly(), null, out nint handle))
            {
                tried = path;
                return handle;
            }
        }

        tried = string.Join(", ", paths);
        return 0;
    }

    private static string Missing(string library, string tried) =>
        $"{library} of OpenSSL 3 was not found or can't be loaded (tried {tried}). {HowToInstall()}";

    private static string HowToInstall()
    {
        string how = OperatingSystem.IsWindows() ? "Install OpenSSL 3 for Windows"
            : OperatingSystem.IsMacOS() ? "Install it with 'brew install openssl@3'"
            : "Install it with 'apt install libssl3' (Debian, Ubuntu), 'dnf install openssl-libs' (Fedora, RHEL) or 'apk add libssl3' (Alpine)";
        return $"{how}, or set {FolderVariable} to the folder that holds it.";
    }

    private static string[] SslFileNames() =>
        OperatingSystem.IsWindows() ? ["libssl-3-x64.dll", "libssl-3-arm64.dll", "libssl-3.dll"]
        : OperatingSystem.IsMacOS() ? ["libssl.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib", "/usr/local/opt/openssl@3/lib/libssl.3.dylib"]
        : ["libssl.so.3"];

    private static string[] CryptoFileNames() =>
        OperatingSystem.IsWindows() ? ["libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-3.dll"]
        : OperatingSystem.IsMacOS() ? ["libcrypto.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib", "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib"]
        : ["libcrypto.so.3"];
}
