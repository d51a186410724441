using System.CommandLine;

namespace FifoVpn.Cli;

/// <summary>The options of all commands that read a configuration.</summary>
internal static class ConfigOptions
{
    public static Option<string> File(string description) => new("--config", "-c") { Description = description, Required = true, HelpName = "FILE" };

    /// <summary>What <see cref="Configuration.ConfigOverrides.FromProcess"/> takes.</summary>
    public static Option<string[]> Set()
    {
        Option<string[]> set = new("--set")
        {
            Description = "A value in the place of the file's, as in listen=[::]:4443 or peers.beta.endpoint=192.0.2.2:4443; may be repeated",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };
        set.Validators.Add(result =>
        {
            foreach (string text in result.Tokens.Select(token => token.Value).Where(text => text.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"--set: \"{text}\" is not KEY=VALUE; write for example --set listen=0.0.0.0:4443");
            }
        });
        return set;
    }
}
