namespace FifoVpn.Configuration;

/// <summary>A configuration cannot be used. The message is one line that names the file, the key path and the cure.</summary>
internal sealed class ConfigException(string message) : Exception(ConfigStrings.OneLine(message));
