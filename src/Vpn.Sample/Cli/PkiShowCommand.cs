using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki show: what a file says.</summary>
internal static class PkiShowCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A certificate in PEM or DER form" };
        Command command = new("show", "Show what a certificate says") { file };
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            using X509Certificate2 certificate = PkiFiles.LoadCertificate(result.GetRequiredValue(file));
            output.Write(CertificateReport.Write(certificate, DateTimeOffset.UtcNow));
        }));
        return command;
    }
}
