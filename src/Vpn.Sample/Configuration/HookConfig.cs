namespace FifoVpn.Configuration;

/// <summary>Programs that the node runs, each with its arguments; the program's path is absolute.</summary>
/// <param name="Up">Run once the device is configured; null for none.</param>
/// <param name="Down">Run before the device goes; null for none.</param>
internal sealed record HookConfig(IReadOnlyList<string>? Up, IReadOnlyList<string>? Down)
{
    public static HookConfig None { get; } = new(null, null);
}
