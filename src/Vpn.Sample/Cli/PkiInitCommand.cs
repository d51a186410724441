using System.CommandLine;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki init: a new authority in a folder.</summary>
internal static class PkiInitCommand
{
    public static Command Create()
    {
        Option<string> folder = PkiOptions.Folder("Folder for ca.pem and ca.key; made if missing");
        Option<string> name = new("--name")
        {
            Description = "The CA's name",
            DefaultValueFactory = _ => CertificateAuthority.DefaultName,
            HelpName = "NAME",
        };
        Option<int> days = PkiOptions.Days(CertificateAuthority.DefaultDays);
        Option<bool> force = PkiOptions.Force();
        Command command = new("init", "Make a certificate authority") { folder, name, days, force };
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            string path = result.GetRequiredValue(folder);
            PkiFiles.CheckFree(path, PkiFiles.CaName, result.GetValue(force));
            using CertificateAuthority ca = CertificateAuthority.Create(result.GetRequiredValue(name), result.GetValue(days));
            PkiFiles.SaveCa(ca, path, result.GetValue(force));
            output.WriteLine($"made {PkiFiles.CertificatePath(path, PkiFiles.CaName)}: give it to every node");
            output.WriteLine($"made {PkiFiles.KeyPath(path, PkiFiles.CaName)}: keep it secret");
        }));
        return command;
    }
}
