using System.CommandLine;
using FifoDtls;
using FifoVpn.Configuration;

namespace FifoVpn.Cli;

/// <summary>fifovpn config: checks a configuration, and shows examples of one.</summary>
internal static class ConfigCommand
{
    public static Command Create() => new("config", "Check a configuration without starting anything, or see an example of one") { CreateCheck(), CreateExample() };

    private static Command CreateCheck()
    {
        Option<string> file = ConfigOptions.File("The configuration, a JSON file");
        Option<string[]> set = ConfigOptions.Set();
        Option<bool> rendezvous = new("--rendezvous") { Description = "It is a rendezvous server's and not a node's" };
        Command command = new("check", "Check a configuration and the files that it names; needs no privileges") { file, set, rendezvous };
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                ConfigOverrides overrides = ConfigOverrides.FromProcess(result.GetRequiredValue(set));
                TextWriter output = result.InvocationConfiguration.Output;
                if (result.GetValue(rendezvous))
                {
                    CheckServer(result.GetRequiredValue(file), overrides, output);
                }
                else
                {
                    CheckNode(result.GetRequiredValue(file), overrides, output);
                }

                output.WriteLine("OK");
                return ExitCode.Success;
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static Command CreateExample()
    {
        Argument<string> name = new("NAME") { Description = "Which one", DefaultValueFactory = _ => ConfigExamples.Names[0] };
        name.AcceptOnlyFromAmong([.. ConfigExamples.Names]);
        Command command = new("example", "Print a configuration with comments, to begin with") { name };
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                result.InvocationConfiguration.Output.Write(ConfigExamples.Read(result.GetRequiredValue(name)));
                return ExitCode.Success;
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static void CheckNode(string path, ConfigOverrides overrides, TextWriter output)
    {
        NodeConfig config = NodeConfig.Load(path, overrides);
        using NodeCredentials credentials = NodeCredentials.Load(config);
        using DtlsContext context = credentials.CreateContext();
        new ConfigSummary(output).Write(config, credentials);
    }

    private static void CheckServer(string path, ConfigOverrides overrides, TextWriter output)
    {
        RendezvousServerConfig config = RendezvousServerConfig.Load(path, overrides);
        using NodeCredentials credentials = NodeCredentials.Load(config);
        using DtlsContext context = credentials.CreateContext();
        new ConfigSummary(output).Write(config, credentials);
    }
}
