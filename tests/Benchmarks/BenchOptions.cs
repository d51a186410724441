using System.CommandLine;
using System.Globalization;

namespace FifoDtls.Benchmarks;

/// <summary>Options that the benchmarks of the driver have in common.</summary>
internal sealed class BenchOptions
{
    private readonly Option<int?> _rounds = new("--rounds") { HelpName = "N", Description = "How often every contender is measured, in turns, 1 to 1000.", CustomParser = result => NumberOption.Parse<int>(result, 1, 1_000) };
    private readonly Option<double?> _seconds = new("--seconds") { HelpName = "T", Description = "How long one measurement takes, 0.1 to 600.", CustomParser = result => NumberOption.Parse<double>(result, 0.1, 600) };
    private readonly Option<bool> _quick = new("--quick") { Description = "One short round: shows that it works, and measures little. What else is given goes before it." };
    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Writes all samples, medians and ratios to a file." };
    private readonly int _defaultRounds;
    private readonly double _defaultSeconds;

    /// <summary>Adds them to a command, and then the command's own.</summary>
    internal BenchOptions(Command command, int rounds, double seconds, params Option[] own)
    {
        (_defaultRounds, _defaultSeconds) = (rounds, seconds);
        _rounds.Description += FormattableString.Invariant($" Default: {rounds}.");
        _seconds.Description += FormattableString.Invariant($" Default: {seconds}.");
        foreach (Option option in (Option[])[_rounds, _seconds, _quick, _json, .. own])
        {
            command.Add(option);
        }
    }

    internal BenchSettings Read(ParseResult parsed)
    {
        bool quick = parsed.GetValue(_quick);
        return new BenchSettings(
            parsed.GetValue(_rounds) ?? (quick ? 1 : _defaultRounds),
            TimeSpan.FromSeconds(parsed.GetValue(_seconds) ?? (quick ? 0.2 : _defaultSeconds)),
            quick,
            parsed.GetValue(_json));
    }

    /// <summary>Numbers of peers, as <c>1,100,1000</c>.</summary>
    internal static Option<int[]?> PeerCounts() => new("--peers")
    {
        HelpName = "N,N,...",
        Description = "With how many peers, each 1 to 10000; each needs a socket and up to two threads. Default: 1,100,1000; with --quick 1,10.",
        CustomParser = result =>
        {
            var counts = new List<int>();
            foreach (string text in result.Tokens[0].Value.Split(','))
            {
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > 10_000)
                {
                    result.AddError($"'{text}' of --peers is no number from 1 to 10000.");
                    return null;
                }

                counts.Add(count);
            }

            return [.. counts];
        },
    };

    internal static int[] ReadPeerCounts(ParseResult parsed, Option<int[]?> option, BenchSettings settings) =>
        parsed.GetValue(option) is { Length: > 0 } counts ? counts : settings.Quick ? [1, 10] : [1, 100, 1_000];

    internal static Option<int> PayloadSize(int min) => Number("--size", "Bytes of a payload.", min, 1_300, 100);

    /// <summary>Some of the contenders, by their names; none given means all.</summary>
    internal static Option<string[]> Only(string description, params string[] names)
    {
        Option<string[]> only = new("--only") { HelpName = "NAME", Description = description, DefaultValueFactory = _ => [] };
        only.AcceptOnlyFromAmong(names);
        return only;
    }

    /// <summary>A number within a range.</summary>
    internal static Option<int> Number(string name, string description, int min, int max, int defaultValue) => new(name)
    {
        HelpName = "N",
        Description = $"{description} {min} to {max}.",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => NumberOption.Parse<int>(result, min, max) ?? 0,
    };
}
