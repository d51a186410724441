namespace FifoDtls.Fuzz;

/// <summary>One run.</summary>
/// <param name="Targets">The names of the targets.</param>
/// <param name="Inputs">How many inputs each target gets at most.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Time">How long each target runs at most; null: until it has had its inputs.</param>
/// <param name="Replay">A file with one input in hex: it is run instead, as it is.</param>
/// <param name="InputSeed">The seed of the one input that is made and run instead.</param>
/// <param name="Output">The folder for inputs that fail.</param>
internal sealed record FuzzSettings(IReadOnlyList<string> Targets, long Inputs, ulong Seed, TimeSpan? Time, string? Replay, ulong? InputSeed, string Output);
