using System.Security.Cryptography;

namespace FifoVpn.Pki;

/// <summary>
/// A file written under a temporary name in its own folder, and renamed when it is complete: readers see the old file or the new one.
/// Dispose removes what was not published.
/// </summary>
internal sealed class StagedFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporaryPath;
    private bool _published;

    private StagedFile(string path)
    {
        _path = path;
        string random = RandomNumberGenerator.GetHexString(16, lowercase: true);
        _temporaryPath = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{random}.tmp");
    }

    /// <summary>The mode holds from creation on; the process's umask can only narrow it.</summary>
    public static StagedFile Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        StagedFile staged = new(path);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        try
        {
            using FileStream stream = new(staged._temporaryPath, options);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            return staged;
        }
        catch
        {
            staged.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The file exists and <paramref name="overwrite"/> is false.</exception>
    public void Publish(bool overwrite)
    {
        File.Move(_temporaryPath, _path, overwrite);
        _published = true;
    }

    public void Dispose()
    {
        if (!_published)
        {
            File.Delete(_temporaryPath);
        }
    }
}
