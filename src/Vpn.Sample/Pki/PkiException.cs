namespace FifoVpn.Pki;

/// <summary>
/// Keys or certificates cannot be made, read or used. The message is one line that names the file or the input, and the cure.
/// </summary>
internal sealed class PkiException(string message) : Exception(Configuration.ConfigStrings.OneLine(message));
