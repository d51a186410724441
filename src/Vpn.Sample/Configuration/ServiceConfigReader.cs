using System.Net;
using System.Text;
using FifoVpn.Pki;

namespace FifoVpn.Configuration;

/// <summary>Reads the values that a node and a rendezvous server have in common; checks each where it stands.</summary>
internal abstract class ServiceConfigReader(ConfigSource source)
{
    private const UnixFileMode ReadOrWriteByOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    protected ConfigSource Source { get; } = source;

    protected static string? ReadName(ConfigSection section, ConfigKey key)
    {
        string? name = section.Text(key);
        return name is null || NodeName.IsValid(name) ? name : throw section.Error(key, NodeName.Complaint(name));
    }

    /// <summary>A name that must be there.</summary>
    protected static string ReadRequiredName(ConfigSection section, ConfigKey key) => ReadName(section, key) ?? section.RequiredText(key);

    protected static IPEndPoint ReadListen(ConfigSection section)
    {
        string text = section.RequiredText(ServiceKeys.Listen);
        return PeerEndpoint.TryParseListen(text, out IPEndPoint? listen)
            ? listen
            : throw section.Error(ServiceKeys.Listen, $"\"{text}\" is not ADDRESS:PORT; write 0.0.0.0:4443 or [::]:4443");
    }

    /// <summary>HOST:PORT, or null.</summary>
    protected static PeerEndpoint? ReadEndpoint(ConfigSection section, ConfigKey key)
    {
        string? text = section.Text(key);
        if (text is null)
        {
            return null;
        }

        return PeerEndpoint.TryParse(text, out PeerEndpoint? endpoint)
            ? endpoint
            : throw section.Error(key, $"\"{text}\" is not HOST:PORT; write 192.0.2.2:4443, [2001:db8::2]:4443 or host.example:4443");
    }

    protected static TimeSpan ReadKeepalive(ConfigSection section) => TimeSpan.FromSeconds(section.RequiredInteger(ServiceKeys.Keepalive));

    protected static IPEndPoint? ReadMetrics(ConfigSection section)
    {
        string? text = section.Text(ServiceKeys.Metrics);
        if (text is null)
        {
            return null;
        }

        if (!PeerEndpoint.TryParseListen(text, out IPEndPoint? endpoint))
        {
            throw section.Error(ServiceKeys.Metrics, $"\"{text}\" is not ADDRESS:PORT; write 127.0.0.1:9443 or [::1]:9443");
        }

        return IPAddress.IsLoopback(endpoint.Address)
            ? endpoint
            : throw section.Error(
                ServiceKeys.Metrics, $"{endpoint.Address} is not a loopback address, and everybody who reaches it could read the metrics; write 127.0.0.1:{endpoint.Port}");
    }

    /// <param name="defaultPath">The socket when the key is not there.</param>
    /// <returns>Null when it is turned off.</returns>
    protected string? ReadStatusSocket(ConfigSection section, ConfigKey key, string defaultPath)
    {
        string text = section.Text(key) ?? defaultPath;
        if (text == ServiceKeys.StatusSocketOff)
        {
            return null;
        }

        string path = Source.FullPath(text);
        int bytes = Encoding.UTF8.GetByteCount(path);
        return bytes <= ServiceKeys.MaxSocketPathBytes
            ? path
            : throw section.Error(key, $"{path} has {bytes} bytes; the path of a Unix socket has at most {ServiceKeys.MaxSocketPathBytes}");
    }

    protected string ReadFilePath(ConfigSection section, ConfigKey key) => ExistingFile(section, key.Name, section.RequiredText(key));

    protected List<string> ReadRevocationLists(ConfigSection section)
    {
        List<string> paths = [];
        foreach ((string place, string text) in section.Strings(ServiceKeys.Crl))
        {
            paths.Add(ExistingFile(section, place, text));
        }

        return paths;
    }

    protected string ReadPrivateKey(ConfigSection section)
    {
        string path = ReadFilePath(section, ServiceKeys.PrivateKey);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ReadOrWriteByOthers) != 0)
        {
            section.Warn(ServiceKeys.PrivateKey, $"every user of this machine can read or change {path}; chmod 600 it");
        }

        return path;
    }

    /// <summary>A program and its arguments, or null.</summary>
    protected List<string>? ReadProgram(ConfigSection section, ConfigKey key)
    {
        List<(string Place, string Text)> parts = [.. section.Strings(key)];
        if (parts.Count == 0)
        {
            return null;
        }

        string program = ExistingFile(section, parts[0].Place, parts[0].Text);
        if (!OperatingSystem.IsWindows())
        {
            UnixFileMode mode = File.GetUnixFileMode(program);
            if ((mode & AnyExecute) == 0)
            {
                throw section.Error(parts[0].Place, $"{program} is not executable; chmod +x it");
            }

            if ((mode & UnixFileMode.OtherWrite) != 0)
            {
                section.Warn(key, $"every user of this machine can change {program}, which runs with the node's privileges; chmod o-w it");
            }
        }

        return [program, .. parts.Skip(1).Select(part => part.Text)];
    }

    private string ExistingFile(ConfigSection section, string place, string text)
    {
        if (text.Length == 0)
        {
            throw section.Error(place, "the path is empty");
        }

        string path = Source.FullPath(text);
        return File.Exists(path) ? path : throw section.Error(place, $"there is no file {path}");
    }
}
