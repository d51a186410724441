namespace FifoVpn.Pki;

/// <summary>
/// What a node may be called. The name is the certificate's common name, a DNS name in it, and a file name; so letters, digits, dots and
/// hyphens.
/// </summary>
internal static class NodeName
{
    public const int MaxLength = 63;

    public static bool IsValid(string name) =>
        name.Length is >= 1 and <= MaxLength
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal);

    /// <summary>A name or subject that may be anything, for a log line: control characters become question marks.</summary>
    public static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;

    public static string Complaint(string name) =>
        $"\"{name}\" is no node name; it has 1 to {MaxLength} letters, digits, dots and hyphens,"
        + " and begins and ends with a letter or digit";
}
