using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki renew: a newer certificate for the same holder.</summary>
internal static class PkiRenewCommand
{
    public static Command Create()
    {
        PkiCertificateChoice choice = new();
        Option<string> folder = PkiOptions.Folder("The CA's folder");
        Option<bool> keepKey = new("--keep-key") { Description = "Keep the key, which stays with the node, instead of making a new one" };
        Option<int> days = PkiOptions.Days(CertificateAuthority.DefaultNodeDays);
        Command command = new("renew", "Replace a certificate by a newer one with the same name, addresses and subnets") { choice.Name, choice.File, folder, keepKey, days };
        command.Validators.Add(result => choice.Require(result));
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            string path = result.GetRequiredValue(folder);
            string? name = result.GetValue(choice.Name);
            if (name is not null)
            {
                PkiFiles.CheckNodeName(name);
            }

            string certificatePath = result.GetValue(choice.File) ?? PkiFiles.CertificatePath(path, name!);
            using CertificateAuthority ca = PkiFiles.LoadCa(path);
            using X509Certificate2 former = PkiFiles.LoadCertificate(certificatePath);
            CertificateIdentity identity = Require(ca, former, certificatePath, name, path);
            string keyPath = Path.ChangeExtension(certificatePath, ".key");
            string holder = identity.IsRendezvous ? "rendezvous server" : "node";
            if (result.GetValue(keepKey))
            {
                using X509Certificate2 certificate = ca.Extend(former, certificatePath, result.GetValue(days));
                PkiFiles.ReplaceNode(certificatePath, certificate, keyPath, key: null);
                output.WriteLine($"made {certificatePath}: give it to the {holder}, which keeps its key");
            }
            else
            {
                using NodeCertificate issued = ca.Issue(identity, result.GetValue(days));
                PkiFiles.ReplaceNode(certificatePath, issued.Certificate, keyPath, issued.Key);
                output.WriteLine($"made {certificatePath}: give it to the {holder}");
                output.WriteLine($"made {keyPath}: give it to the {holder} and to nobody else");
            }

            output.WriteLine(
                $"the former one is valid until {former.NotAfter.ToUniversalTime():u}; to end it earlier: fifovpn pki revoke --dir {path} --serial {former.SerialNumber} --reason Superseded");
        }));
        return command;
    }

    private static CertificateIdentity Require(CertificateAuthority ca, X509Certificate2 former, string certificatePath, string? name, string folder)
    {
        CertificateIdentity identity = ca.RequireOwn(former, certificatePath);
        if (name is not null && identity.Name != name)
        {
            throw new PkiException($"{certificatePath} is the certificate of {identity.Name}, not of {name}; to renew it nevertheless, say --cert {certificatePath}");
        }

        if (PkiFiles.LoadRevocationList(folder, ca)?.Revokes(former.SerialNumber) == true)
        {
            throw new PkiException($"{certificatePath} is revoked; to let {identity.Name} in again, make a new certificate with: fifovpn pki issue {identity.Name} --force");
        }

        return identity;
    }
}
