namespace FifoDtls.TestSupport;

/// <summary>A new empty directory, readable by its owner only, that is gone with everything in it after <see cref="Dispose"/>.</summary>
public sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fifodtls-");

    /// <summary>The full path of the directory.</summary>
    public string FullPath => _directory.FullName;

    /// <summary>The full path of <paramref name="name"/> in the directory, whether it exists or not.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a text file into the directory and returns its full path.</summary>
    public string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a file that only its owner may read (mode 0600 from the first byte on) and returns its full path.</summary>
    public string WriteSecret(string name, string text)
    {
        string path = PathOf(name);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using StreamWriter writer = new(path, options);
        writer.Write(text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(FullPath))
        {
            _directory.Delete(recursive: true);
        }
    }
}
