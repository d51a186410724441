using System.Globalization;
using System.Net;

namespace FifoDtls;

public sealed partial class DtlsConnectionOptions
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary><see cref="ServerName"/> as certificates and SNI have it: in A-labels.</summary>
    internal string? AsciiServerName => ToAscii(ServerName);

    internal bool ServerNameIsAddress => IPAddress.TryParse(ServerName, out _);

    /// <summary>A host name in A-labels (RFC 5890 §2.3.2.1), which is what RFC 9525 §6.3 compares and RFC 6066 §3 sends; a name that is ASCII stays as it is.</summary>
    /// <exception cref="ArgumentException">It can't be converted.</exception>
    internal static string? ToAscii(string? name)
    {
        if (name is null || System.Text.Ascii.IsValid(name))
        {
            return name;
        }

        try
        {
            return Idn.GetAscii(name.ToLowerInvariant()); // without ICU, the mapping does not fold case by itself
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"{nameof(ServerName)} \"{name}\" is no host name: it has no form in A-labels (RFC 5890); give the name's ASCII form (xn--).", nameof(ServerName), exception);
        }
    }
}
