using System.Text;

namespace FifoDtls;

/// <summary>Appends lines to a key log file. Thread-safe.</summary>
internal sealed class KeyLogWriter
{
    // One for all files: contexts may share one. The file is opened for each line, so that each goes to the end, whoever else has written; handshakes are rare enough.
    private static readonly Lock Gate = new();

    private readonly FileStreamOptions _opening = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };

    /// <summary>Creates the file, readable by its owner only, if it does not exist.</summary>
    /// <exception cref="DtlsException">It can't be opened for writing.</exception>
    internal KeyLogWriter(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path, nameof(DtlsContextOptions.KeyLogFile));
        Path = System.IO.Path.GetFullPath(path);
        if (!OperatingSystem.IsWindows())
        {
            _opening.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            Write("");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DtlsException($"The key log file {path} ({nameof(DtlsContextOptions.KeyLogFile)}) can't be written: {exception.Message}", exception);
        }
    }

    /// <summary>The file's full path.</summary>
    internal string Path { get; }

    /// <summary>Appends one line, without its end.</summary>
    internal void WriteLine(string line) => Write(line + "\n");

    private void Write(string text)
    {
        lock (Gate)
        {
            using FileStream file = new(Path, _opening);
            file.Write(Encoding.ASCII.GetBytes(text));
        }
    }
}
