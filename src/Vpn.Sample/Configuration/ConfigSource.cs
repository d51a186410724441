namespace FifoVpn.Configuration;

/// <summary>Where the values of one configuration come from, and what is to be said about them.</summary>
/// <param name="name">What errors call the file: the path as the user gave it.</param>
/// <param name="folder">What relative paths are relative to.</param>
internal sealed class ConfigSource(string name, string folder)
{
    private readonly List<string> _warnings = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> Warnings => _warnings;

    public string FullPath(string path) => Path.GetFullPath(path, folder);

    public void Warn(string warning) => _warnings.Add(warning);
}
