using FifoDtls;
using FifoVpn.Cli;
using FifoVpn.Configuration;
using FifoVpn.Node;

namespace FifoVpn.Service;

// What changes while the node runs.
internal sealed partial class NodeService
{
    private readonly Func<NodeConfig> _load;
    private readonly LogLevelSwitch _logLevel;
    private readonly CredentialFiles _credentialFiles; // as they were at the start
    private RevocationFiles _revocationFiles;

    private bool ChecksRevocation => _config.RevocationListPaths.Count > 0;

    /// <summary>Reads the configuration again. What is wrong with it is logged, and then all stays as it was.</summary>
    private void Reload()
    {
        _manager.Reloading();
        try
        {
            NodeConfig config = _load();
            string[] restart = [.. RestartKeys.Changed(_config, config).Concat(RestartKeys.Changed(_credentialFiles, CredentialFiles.Read(config))).Distinct()];
            if (ChecksRevocation && config.RevocationListPaths.Count > 0)
            {
                UpdateRevocationLists(new RevocationFiles(config.RevocationListPaths));
            }

            Apply(config);
            ServiceLogger.Reloaded(_logger, config.Peers.Count);
            if (restart.Length > 0)
            {
                ServiceLogger.RestartNeeded(_logger, string.Join(", ", restart));
            }
        }
        catch (Exception exception) when (exception is ConfigException or DtlsCredentialException)
        {
            ServiceLogger.NotReloaded(_logger, exception.Message);
        }

        _manager.Ready(Describe());
    }

    // Nothing in here fails because of what stands in the file.
    private void Apply(NodeConfig config)
    {
        foreach (string warning in config.Warnings)
        {
            VpnLogger.ConfigurationWarning(_logger, warning);
        }

        _logLevel.Configure(config.LogLevel);
        _hookConfig = config.Hooks;
        _node.SetRates(config.RateLimit, config.PeerRateLimit);
        _node.ReplacePeers(config.Peers);
    }

    private void TryUpdateRevocationLists()
    {
        try
        {
            UpdateRevocationLists(_revocationFiles);
        }
        catch (DtlsCredentialException exception)
        {
            ServiceLogger.RevocationListsNotUpdated(_logger, exception.Message);
        }
    }

    /// <summary>Reads the lists, and ends the associations with those who have been revoked.</summary>
    private void UpdateRevocationLists(RevocationFiles files)
    {
        int taken = _context.UpdateRevocationLists(files.Read());
        _revocationFiles = files;
        if (taken > 0)
        {
            ServiceLogger.RevocationListsUpdated(_logger, taken, _node.EndRevoked());
        }
    }
}
