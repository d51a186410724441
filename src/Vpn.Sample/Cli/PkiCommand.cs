using System.CommandLine;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki: a small certificate authority for the VPN.</summary>
internal static class PkiCommand
{
    public static Command Create() => new("pki", "Make, renew, revoke and show the VPN's certificates")
    {
        PkiInitCommand.Create(),
        PkiIssueCommand.Create(),
        PkiRenewCommand.Create(),
        PkiRevokeCommand.Create(),
        PkiCrlCommand.Create(),
        PkiShowCommand.Create(),
    };

    internal static int Run(ParseResult result, Action<TextWriter> action) => CommandRunner.Run(
        () =>
        {
            action(result.InvocationConfiguration.Output);
            return ExitCode.Success;
        },
        result.InvocationConfiguration.Error);
}
