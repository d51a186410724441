using System.CommandLine;
using FifoVpn.Configuration;

namespace FifoVpn.Cli;

/// <summary>How the commands that talk to a running node or rendezvous server find its status socket.</summary>
internal sealed class StatusSocketOptions
{
    private readonly string _folder;

    /// <param name="folder">Where the sockets are looked for when neither option is given.</param>
    public StatusSocketOptions(string folder = ServiceKeys.RuntimeFolder)
    {
        _folder = folder;
        Socket = new Option<string>("--socket") { Description = $"The node's status socket; default: the only one in {folder}", HelpName = "PATH" };
        Config = new Option<string>("--config", "-c") { Description = "The node's configuration, which says where its status socket is", HelpName = "FILE" };
        Rendezvous = new Option<bool>("--rendezvous") { Description = "Ask a rendezvous server: --config is its configuration, and its socket's default another" };
    }

    public Option<string> Socket { get; }

    public Option<string> Config { get; }

    public Option<bool> Rendezvous { get; }

    /// <param name="alsoServers">Whether a rendezvous server understands the command.</param>
    public void AddTo(Command command, bool alsoServers = false)
    {
        if (alsoServers)
        {
            command.Add(Rendezvous);
        }

        command.Add(Socket);
        command.Add(Config);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Socket) is not null && result.GetResult(Config) is not null)
            {
                result.AddError("'--socket' and '--config' exclude each other: the configuration names a socket too.");
            }
        });
    }

    /// <exception cref="ConfigException">The configuration is wrong, or turns the socket off.</exception>
    /// <exception cref="ExitException">There is no socket, or there are several.</exception>
    public string Find(ParseResult result)
    {
        if (result.GetValue(Socket) is { } socket)
        {
            return Path.GetFullPath(socket);
        }

        bool rendezvous = result.GetResult(Rendezvous) is not null && result.GetValue(Rendezvous);
        if (result.GetValue(Config) is { } file)
        {
            ConfigOverrides overrides = ConfigOverrides.FromProcess([]);
            ServiceConfig config = rendezvous ? RendezvousServerConfig.Load(file, overrides) : NodeConfig.Load(file, overrides);
            return config.StatusSocket
                ?? throw new ConfigException($"{file}: statusSocket: is \"{ServiceKeys.StatusSocketOff}\", so {(rendezvous ? "the server" : "the node")} can't be asked; give it a path");
        }

        return rendezvous ? RendezvousServerKeys.DefaultStatusSocket : FindOnly();
    }

    internal string FindOnly()
    {
        string[] sockets = Directory.Exists(_folder) ? [.. Directory.GetFiles(_folder, "*.sock").Order(StringComparer.Ordinal)] : [];
        return sockets switch
        {
            [string only] => only,
            [] => throw new ExitException(ExitCode.NoAnswer, $"no node seems to run here: there is no socket in {_folder}; name one by --socket or --config"),
            _ => throw new ExitException(ExitCode.Usage, $"there are several sockets; choose one by --socket: {string.Join(", ", sockets)}"),
        };
    }
}
