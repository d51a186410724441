using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki revoke: a certificate that is not to be accepted any more.</summary>
internal static class PkiRevokeCommand
{
    // The others of RFC 5280 §5.3.1 are for CAs, attribute authorities, or for taking a revocation back.
    private static readonly X509RevocationReason[] Reasons =
    [
        X509RevocationReason.KeyCompromise,
        X509RevocationReason.AffiliationChanged,
        X509RevocationReason.Superseded,
        X509RevocationReason.CessationOfOperation,
        X509RevocationReason.PrivilegeWithdrawn,
    ];

    public static Command Create()
    {
        PkiCertificateChoice choice = new();
        Option<string> folder = PkiOptions.Folder("The CA's folder; ca.crl is made or replaced there");
        Option<string?> serial = new("--serial") { Description = "The certificate's serial number, as pki show prints it, instead of NAME", HelpName = "SERIAL" };
        Option<string?> reason = new("--reason") { Description = $"Why: {string.Join(", ", Reasons)}; left open by default", HelpName = "REASON" };
        Option<int> days = PkiOptions.ListDays();
        Command command = new("revoke", "Revoke a certificate") { choice.Name, choice.File, serial, folder, reason, days };
        command.Validators.Add(result =>
        {
            choice.Require(result, serial);
            if (result.GetValue(reason) is { } text && ParseReason(text) is null)
            {
                result.AddError($"--reason: \"{text}\" is none of {string.Join(", ", Reasons)}");
            }
        });
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            string path = result.GetRequiredValue(folder);
            using CertificateAuthority ca = PkiFiles.LoadCa(path);
            using IDisposable held = PkiFiles.LockRevocationList(path);
            RevocationList? former = PkiFiles.LoadRevocationList(path, ca);
            (string what, string number) = Find(result.GetValue(choice.Name), result.GetValue(choice.File), result.GetValue(serial), path, ca);
            if (former?.Revokes(number) == true)
            {
                output.WriteLine($"{what} is in {PkiFiles.RevocationListPath(path)} already; nothing was written");
                return;
            }

            RevocationList list = ca.CreateRevocationList(former, number, result.GetValue(reason) is { } text ? ParseReason(text) : null, result.GetValue(days));
            PkiFiles.SaveRevocationList(list, path);
            output.WriteLine($"revoked {what}");
            PkiCrlCommand.WriteMade(output, list, path);
        }));
        return command;
    }

    private static (string What, string Serial) Find(string? name, string? file, string? serial, string folder, CertificateAuthority ca)
    {
        if (serial is not null)
        {
            string number = CertificateAuthority.NormalizeSerial(serial);
            return number == ca.Certificate.SerialNumber
                ? throw new PkiException($"{number} is the serial number of the CA itself; to end it, make a new CA and give it to every node")
                : ($"serial {number}", number);
        }

        if (name is not null)
        {
            PkiFiles.CheckNodeName(name);
        }

        string path = file ?? PkiFiles.CertificatePath(folder, name!);
        using X509Certificate2 certificate = PkiFiles.LoadCertificate(path);
        CertificateIdentity identity = ca.RequireOwn(certificate, path);
        return ($"{identity.Name}, serial {certificate.SerialNumber}", certificate.SerialNumber);
    }

    private static X509RevocationReason? ParseReason(string text)
    {
        foreach (X509RevocationReason reason in Reasons)
        {
            if (reason.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return reason;
            }
        }

        return null;
    }
}
