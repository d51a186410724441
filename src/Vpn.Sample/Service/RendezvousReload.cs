using FifoDtls;
using FifoVpn.Cli;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

/// <summary>What changes while a rendezvous server runs: its revocation lists and its log level. Not thread-safe: the service's thread's.</summary>
/// <param name="config">What the server was started with.</param>
/// <param name="files">Of its revocation lists, made before they were read.</param>
/// <param name="load">Reads the configuration again.</param>
/// <param name="context">The server's.</param>
internal sealed class RendezvousReload(
    RendezvousServerConfig config, RevocationFiles files, Func<RendezvousServerConfig> load, DtlsContext context, RendezvousServer server, LogLevelSwitch logLevel, ILogger logger)
{
    private readonly CredentialFiles _credentialFiles = CredentialFiles.Read(config);
    private RevocationFiles _files = files;

    private bool ChecksRevocation => config.RevocationListPaths.Count > 0;

    /// <summary>Reads the configuration again. What is wrong with it is logged, and then all stays as it was.</summary>
    public void Reload()
    {
        try
        {
            RendezvousServerConfig now = load();
            string[] restart = [.. RestartKeys.Changed(config, now).Concat(RestartKeys.Changed(_credentialFiles, CredentialFiles.Read(now))).Distinct()];
            if (ChecksRevocation && now.RevocationListPaths.Count > 0)
            {
                Update(new RevocationFiles(now.RevocationListPaths));
            }

            foreach (string warning in now.Warnings)
            {
                VpnLogger.ConfigurationWarning(logger, warning);
            }

            logLevel.Configure(now.LogLevel);
            ServiceLogger.ServerReloaded(logger);
            if (restart.Length > 0)
            {
                ServiceLogger.RestartNeeded(logger, string.Join(", ", restart));
            }
        }
        catch (Exception exception) when (exception is ConfigException or DtlsCredentialException)
        {
            ServiceLogger.NotReloaded(logger, exception.Message);
        }
    }

    /// <summary>Reads the revocation lists again if a file is another one than before.</summary>
    public void LookAtLists()
    {
        if (!_files.HaveChanged())
        {
            return;
        }

        try
        {
            Update(_files);
        }
        catch (DtlsCredentialException exception)
        {
            ServiceLogger.RevocationListsNotUpdated(logger, exception.Message);
        }
    }

    private void Update(RevocationFiles current)
    {
        int taken = context.UpdateRevocationLists(current.Read());
        _files = current;
        if (taken > 0)
        {
            ServiceLogger.RevocationListsUpdated(logger, taken, server.EndRevoked());
        }
    }
}
