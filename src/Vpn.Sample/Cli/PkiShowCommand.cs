using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki show: what a file says.</summary>
internal static class PkiShowCommand
{
    public static Command Create()
    {
        Argument<string> file = new("FILE") { Description = "A certificate or a revocation list in PEM or DER form" };
        Command command = new("show", "Show what a certificate or a revocation list says") { file };
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            string path = result.GetRequiredValue(file);
            if (RevocationList.TryParse(PkiFiles.Read(path), out RevocationList? list))
            {
                output.Write(RevocationListReport.Write(list, DateTimeOffset.UtcNow));
                return;
            }

            using X509Certificate2 certificate = PkiFiles.LoadCertificate(path);
            output.Write(Report(certificate, path));
        }));
        return command;
    }

    private static string Report(X509Certificate2 certificate, string path)
    {
        try
        {
            return CertificateReport.Write(certificate, DateTimeOffset.UtcNow);
        }
        catch (PkiException exception)
        {
            throw new PkiException($"{path}: {exception.Message}");
        }
    }
}
