using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using FifoDtls.Stress;

namespace FifoDtls.Fuzz;

/// <summary>The command line.</summary>
internal static class FuzzCommand
{
    private static readonly Argument<string> Target = new("TARGET") { Description = $"What to fuzz: {string.Join(", ", FuzzTargets.Names)}, or {FuzzTargets.All} of them one after the other." };
    private static readonly Option<long?> Inputs = new("--inputs") { HelpName = "N", Description = "How many inputs for each target, 1 and up. Default: 100000.", CustomParser = result => NumberOption.Parse<long>(result, 1) };
    private static readonly Option<string?> Seed = new("--seed") { HelpName = "S", Description = "The run's seed, decimal or 0x and hexadecimal. Default: a random one, which is printed." };
    private static readonly Option<double?> Seconds = new("--seconds") { HelpName = "T", Description = "Ends each target after so many seconds, 0.1 and up, even if it has not had its inputs.", CustomParser = result => NumberOption.Parse(result, 0.1, 1_000_000.0) };
    private static readonly Option<string?> Replay = new("--replay") { HelpName = "FILE", Description = "Runs the one input that stands in the file in hex, as a failure has left it. Lines that begin with # are passed over." };
    private static readonly Option<string?> InputSeed = new("--seed-of-input") { HelpName = "X", Description = "Makes the one input of that seed anew and runs it." };
    private static readonly Option<string> Output = new("--output") { HelpName = "FOLDER", Description = "Where the inputs that fail are written to.", DefaultValueFactory = _ => "." };

    internal static RootCommand Create()
    {
        var command = new RootCommand(
            "Fuzzes what takes bytes from strangers: seeded mutations of real datagrams, messages, packets and files, and checks of what must hold whatever comes. "
            + "Exit code 0: nothing failed; 1: something did, and its input was written; 2: wrong usage.")
        {
            Target, Inputs, Seed, Seconds, Replay, InputSeed, Output,
        };
        command.Validators.Add(result =>
        {
            string? target = result.GetValue(Target); // none with --help, and when it is missing
            if (target is not null && target != FuzzTargets.All && !FuzzTargets.Names.Contains(target))
            {
                result.AddError($"There is no target \"{target}\"; there are {string.Join(", ", FuzzTargets.Names)}, {FuzzTargets.All}.");
            }

            bool single = result.GetValue(Replay) is not null || result.GetValue(InputSeed) is not null;
            if (single && target == FuzzTargets.All)
            {
                result.AddError($"--replay and --seed-of-input need one target, not {FuzzTargets.All}.");
            }

            foreach (Option<string?> option in new[] { Seed, InputSeed })
            {
                if (result.GetValue(option) is { } text && !TryParse(text, out _))
                {
                    result.AddError($"{option.Name} {text} is no number of 64 bits.");
                }
            }
        });
        command.SetAction(parsed => new FuzzRun(Read(parsed)).Execute());
        return command;
    }

    private static FuzzSettings Read(ParseResult parsed)
    {
        string target = parsed.GetValue(Target)!;
        return new FuzzSettings(
            target == FuzzTargets.All ? [.. FuzzTargets.Names] : [target],
            parsed.GetValue(Inputs) ?? 100_000,
            TryParse(parsed.GetValue(Seed), out ulong seed) ? seed : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)),
            parsed.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            parsed.GetValue(Replay),
            TryParse(parsed.GetValue(InputSeed), out ulong input) ? input : null,
            parsed.GetValue(Output)!);
    }

    private static bool TryParse(string? text, out ulong value)
    {
        value = 0;
        return text is not null && (text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value));
    }
}
