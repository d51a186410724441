using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FifoDtls.Interop;

namespace FifoDtls;

// Newer revocation lists for a context that is in use.
public sealed unsafe partial class DtlsContext
{
    private readonly Lock _revocationLock = new(); // guards changes of the three below; reading takes none
    private volatile RevocationListSet? _revocationLists;
    private byte[]? _firstResumptionBinding;

    /// <summary>The lists that verifications look into, or <see langword="null"/>: revocation is not checked.</summary>
    internal RevocationListSet? RevocationLists => _revocationLists;

    /// <summary>
    /// Takes newer revocation lists into use, for all handshakes that verify a certificate from now on, and forgets all sessions, so that nobody is resumed whom the new lists
    /// refuse. Both roles. Associations that are established stay as they are: ask <see cref="Verify"/> for each of them.
    /// </summary>
    /// <param name="lists">
    /// Each takes the place of the older one of its authority (the greater number counts, or else the later date), also when it has expired itself; then it refuses, and
    /// never does an older one count again. A list that is there already, or is older than the one that is there, is passed over. Authorities of which no list is given keep theirs.
    /// </param>
    /// <returns>How many lists were taken. If it is 0, nothing has changed, and no session was forgotten.</returns>
    /// <remarks>
    /// Thread-safe, and waits for no handshake: one that is verifying a certificate at this very moment may still go by the former lists. So who ends associations by
    /// <see cref="Verify"/> asks it also when an association begins. Signatures are checked when a list is used, as ever: with a list whose signature is wrong all certificates of its authority are refused.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The context was made without <see cref="DtlsContextOptions.RevocationLists"/>.</exception>
    /// <exception cref="DtlsCredentialException">OpenSSL refuses a list; nothing has changed.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public int UpdateRevocationLists(IReadOnlyCollection<DtlsRevocationList> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        lock (_revocationLock)
        {
            RevocationListSet current = _revocationLists ?? throw new InvalidOperationException(
                $"This context does not check revocation: make it with {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.RevocationLists)}, which may be empty.");
            RevocationListSet updated = current.With(lists, out int taken);
            if (taken > 0)
            {
                _revocationLists = updated;
                ForgetSessions();
            }

            return taken;
        }
    }

    /// <summary>
    /// Makes all sessions that exist worthless, those that clients hold and those of handshakes in progress too: from now on sessions are bound to the
    /// revocation lists that hold now. Nothing to do without resumption.
    /// </summary>
    internal void ForgetSessions()
    {
        lock (_revocationLock)
        {
            if (ResumptionBinding.Length == 0)
            {
                return;
            }

            _firstResumptionBinding ??= ResumptionBinding;
            ResumptionBinding = Bind(_firstResumptionBinding, _revocationLists);
        }

        LibSsl.SSL_CTX_flush_sessions(Handle, new CLong(0)); // they could not be resumed any more, but would take up the cache
    }

    // The same for the same lists, whatever came in between and in whatever order.
    private static byte[] Bind(byte[] first, RevocationListSet? lists)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(first);
        foreach (string list in (lists?.Lists ?? []).Select(list => Convert.ToHexString(SHA256.HashData(list.Der))).Order(StringComparer.Ordinal))
        {
            digest.AppendData(Convert.FromHexString(list));
        }

        return digest.GetHashAndReset();
    }
}
