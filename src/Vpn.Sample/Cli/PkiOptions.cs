using System.CommandLine;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>The options that commands of fifovpn pki have in common.</summary>
internal static class PkiOptions
{
    public static Option<string> Folder(string description)
    {
        Option<string> folder = new("--dir") { Description = description, Required = true, HelpName = "DIR" };
        folder.Validators.Add(result =>
        {
            if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string>()))
            {
                result.AddError("--dir: the folder's name is empty");
            }
        });
        return folder;
    }

    public static Option<int> Days(int defaultDays) =>
        new("--days") { Description = "Days of validity", DefaultValueFactory = _ => defaultDays, HelpName = "DAYS" };

    public static Option<int> ListDays() => new("--days")
    {
        Description = "Days until the next list is due; nodes refuse everybody when the list has expired",
        DefaultValueFactory = _ => CertificateAuthority.DefaultListDays,
        HelpName = "DAYS",
    };

    public static Option<bool> Force() => new("--force") { Description = "Replace existing files" };
}
