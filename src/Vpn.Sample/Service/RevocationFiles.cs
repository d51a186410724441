using FifoDtls;

namespace FifoVpn.Service;

/// <summary>The files with revocation lists, looked at from time to time: their times and sizes tell whether they have changed. Not thread-safe.</summary>
internal sealed class RevocationFiles
{
    private readonly IReadOnlyList<string> _paths;
    private (DateTime Written, long Length)[] _seen;

    /// <summary>As they are now, the files count as seen: make it before they are read.</summary>
    public RevocationFiles(IReadOnlyList<string> paths)
    {
        _paths = paths;
        _seen = Look();
    }

    /// <summary>Whether a file is another one than at the last call, or has come or gone.</summary>
    public bool HaveChanged()
    {
        (DateTime, long)[] now = Look();
        if (now.SequenceEqual(_seen))
        {
            return false;
        }

        _seen = now;
        return true;
    }

    /// <exception cref="DtlsCredentialException">A file can't be read, or holds no list.</exception>
    public IReadOnlyList<DtlsRevocationList> Read() => [.. _paths.SelectMany(DtlsRevocationList.ReadFile)];

    private (DateTime Written, long Length)[] Look() => [.. _paths.Select(path =>
    {
        FileInfo file = new(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    })];
}
