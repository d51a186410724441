using System.CommandLine;
using System.CommandLine.Parsing;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Cli;

/// <summary>fifovpn pki issue: a key and a certificate for a node or a rendezvous server.</summary>
internal static class PkiIssueCommand
{
    public static Command Create()
    {
        Argument<string> name = new("NAME") { Description = "The node's name" };
        Option<string> folder = PkiOptions.Folder("The CA's folder; NAME.pem and NAME.key are written there");
        Option<VpnAddress[]> addresses = new("--address")
        {
            Description = "A VPN address of the node, without prefix length; may be repeated",
            HelpName = "ADDRESS",
            CustomParser = ParseAddresses,
        };
        Option<IpPrefix[]> subnets = new("--subnet")
        {
            Description = "A network behind the node, with prefix length; may be repeated",
            HelpName = "NETWORK/LENGTH",
            CustomParser = ParseSubnets,
        };
        Option<bool> rendezvous = new("--rendezvous") { Description = "A certificate for a rendezvous server, which has no VPN address" };
        Option<int> days = PkiOptions.Days(CertificateAuthority.DefaultNodeDays);
        Option<bool> force = PkiOptions.Force();
        Command command = new("issue", "Make a key and a certificate for a node or a rendezvous server")
        {
            name, folder, addresses, subnets, rendezvous, days, force,
        };
        command.Validators.Add(result => RequireOneKind(result, addresses, subnets, rendezvous));
        command.SetAction(result => PkiCommand.Run(result, output =>
        {
            string path = result.GetRequiredValue(folder);
            string node = result.GetRequiredValue(name);
            CertificateIdentity identity = new(node, result.GetValue(addresses) ?? [], result.GetValue(subnets) ?? [], result.GetValue(rendezvous));
            PkiFiles.CheckNodeName(node);
            PkiFiles.CheckFree(path, node, result.GetValue(force));
            using CertificateAuthority ca = PkiFiles.LoadCa(path);
            using NodeCertificate issued = ca.Issue(identity, result.GetValue(days));
            PkiFiles.SaveNode(issued, path, result.GetValue(force));
            string holder = identity.IsRendezvous ? "rendezvous server" : "node";
            output.WriteLine($"made {PkiFiles.CertificatePath(path, node)}: give it to the {holder}, with ca.pem");
            output.WriteLine($"made {PkiFiles.KeyPath(path, node)}: give it to the {holder} and to nobody else");
        }));
        return command;
    }

    private static void RequireOneKind(CommandResult result, Option<VpnAddress[]> addresses, Option<IpPrefix[]> subnets, Option<bool> rendezvous)
    {
        bool hasAddress = result.GetResult(addresses) is { Implicit: false };
        bool hasSubnet = result.GetResult(subnets) is { Implicit: false };
        if (!result.GetValue(rendezvous))
        {
            if (!hasAddress)
            {
                result.AddError("Option '--address' is required, but for a rendezvous server ('--rendezvous').");
            }
        }
        else if (hasAddress || hasSubnet)
        {
            result.AddError($"'--rendezvous' and '{(hasAddress ? "--address" : "--subnet")}' exclude each other: a rendezvous server has no VPN addresses and subnets.");
        }
    }

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

    private static IpPrefix[] ParseSubnets(ArgumentResult result)
    {
        List<IpPrefix> subnets = [];
        foreach (Token token in result.Tokens)
        {
            if (!IpPrefix.TryParse(token.Value, out IpPrefix subnet, out string? error))
            {
                result.AddError($"--subnet: {error}");
                return [];
            }

            subnets.Add(subnet);
        }

        return [.. subnets];
    }
}
