using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki: a small certificate authority for the VPN.</summary>
internal static class PkiCommand
{
    public static Command Create() => new("pki", "Make and show the VPN's certificates") { CreateInit(), CreateIssue(), CreateShow() };

    private static Command CreateInit()
    {
        Option<string> folder = FolderOption("Folder for ca.pem and ca.key; made if missing");
        Option<string> name = new("--name")
        {
            Description = "The CA's name",
            DefaultValueFactory = _ => CertificateAuthority.DefaultName,
            HelpName = "NAME",
        };
        Option<int> days = DaysOption(CertificateAuthority.DefaultDays);
        Option<bool> force = ForceOption();
        Command command = new("init", "Make a certificate authority") { folder, name, days, force };
        command.SetAction(result => Run(result, output =>
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

    private static Command CreateIssue()
    {
        Argument<string> name = new("NAME") { Description = "The node's name" };
        Option<string> folder = FolderOption("The CA's folder; NAME.pem and NAME.key are written there");
        Option<VpnAddress[]> addresses = new("--address")
        {
            Description = "A VPN address of the node, without prefix length; may be repeated",
            Required = true,
            HelpName = "ADDRESS",
            CustomParser = ParseAddresses,
        };
        Option<int> days = DaysOption(CertificateAuthority.DefaultNodeDays);
        Option<bool> force = ForceOption();
        Command command = new("issue", "Make a key and a certificate for a node") { name, folder, addresses, days, force };
        command.SetAction(result => Run(result, output =>
        {
            string path = result.GetRequiredValue(folder);
            string node = result.GetRequiredValue(name);
            PkiFiles.CheckNodeName(node);
            PkiFiles.CheckFree(path, node, result.GetValue(force));
            using CertificateAuthority ca = PkiFiles.LoadCa(path);
            using NodeCertificate issued = ca.Issue(node, result.GetRequiredValue(addresses), result.GetValue(days));
            PkiFiles.SaveNode(issued, path, result.GetValue(force));
            output.WriteLine($"made {PkiFiles.CertificatePath(path, node)}: give it to the node, with ca.pem");
            output.WriteLine($"made {PkiFiles.KeyPath(path, node)}: give it to the node and to nobody else");
        }));
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> file = new("FILE") { Description = "A certificate in PEM or DER form" };
        Command command = new("show", "Show what a certificate says") { file };
        command.SetAction(result => Run(result, output =>
        {
            using X509Certificate2 certificate = PkiFiles.LoadCertificate(result.GetRequiredValue(file));
            output.Write(CertificateReport.Write(certificate, DateTimeOffset.UtcNow));
        }));
        return command;
    }

    private static int Run(ParseResult result, Action<TextWriter> action) => CommandRunner.Run(
        () =>
        {
            action(result.InvocationConfiguration.Output);
            return ExitCode.Success;
        },
        result.InvocationConfiguration.Error);

    private static Option<string> FolderOption(string description)
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

    private static Option<int> DaysOption(int defaultDays) =>
        new("--days") { Description = "Days of validity", DefaultValueFactory = _ => defaultDays, HelpName = "DAYS" };

    private static Option<bool> ForceOption() => new("--force") { Description = "Replace existing files" };

    private static VpnAddress[] ParseAddresses(ArgumentResult result)
    {
        List<VpnAddress> addresses = [];
        foreach (Token token in result.Tokens)
        {
            if (!VpnAddress.TryParse(token.Value, out VpnAddress address))
            {
                result.AddError(
                    $"--address: \"{token.Value}\" is not an IP address; write for example 10.88.0.1 or fd88::1, without prefix length");
                return [];
            }

            addresses.Add(address);
        }

        return [.. addresses];
    }
}
