using System.CommandLine;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki crl: the same revocation list with new dates, or an empty first one.</summary>
internal static class PkiCrlCommand
{
    public static Command Create()
    {
        Option<string> folder = PkiOptions.Folder("The CA's folder; ca.crl is made or replaced there");
        Option<int> days = PkiOptions.ListDays();
        Command command = new("crl", "Make the revocation list, or make it anew before it expires") { folder, days };
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            string path = result.GetRequiredValue(folder);
            using CertificateAuthority ca = PkiFiles.LoadCa(path);
            using IDisposable held = PkiFiles.LockRevocationList(path);
            RevocationList list = ca.CreateRevocationList(PkiFiles.LoadRevocationList(path, ca), days: result.GetValue(days));
            PkiFiles.SaveRevocationList(list, path);
            WriteMade(output, list, path);
        }));
        return command;
    }

    internal static void WriteMade(TextWriter output, RevocationList list, string folder) => output.WriteLine(
        $"made {PkiFiles.RevocationListPath(folder)}: number {list.Number}, {list.Revoked.Count} revoked, valid until {list.NextUpdate!.Value.ToUniversalTime():u}; give it to every node");
}
