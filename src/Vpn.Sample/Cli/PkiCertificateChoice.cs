using System.CommandLine;
using System.CommandLine.Parsing;

namespace FifoVpn.Cli;

/// <summary>Which certificate a command is about: the one of a name in the CA's folder, or a file.</summary>
internal sealed class PkiCertificateChoice
{
    public Argument<string?> Name { get; } = new("NAME") { Description = "The node's name: NAME.pem in the CA's folder", Arity = ArgumentArity.ZeroOrOne };

    public Option<string?> File { get; } = new("--cert") { Description = "The certificate's file, instead of NAME", HelpName = "FILE" };

    /// <summary>Exactly one of NAME, --cert and what else there is must be given.</summary>
    public void Require(CommandResult result, params Option<string?>[] others)
    {
        List<string> given = [];
        if (result.GetValue(Name) is not null)
        {
            given.Add(Name.Name);
        }

        Option<string?>[] options = [File, .. others];
        given.AddRange(options.Where(option => result.GetResult(option) is { Implicit: false }).Select(option => option.Name));
        if (given.Count != 1)
        {
            string choices = $"{Name.Name}{string.Concat(options[..^1].Select(option => ", " + option.Name))} or {options[^1].Name}";
            result.AddError(given.Count == 0 ? $"Say which certificate: {choices}." : $"Say only once which certificate: {string.Join(" and ", given)} are given.");
        }
    }
}
