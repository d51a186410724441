namespace FifoVpn.Configuration;

/// <summary>How log lines are written.</summary>
internal enum LogFormat
{
    /// <summary>One line of text for each message.</summary>
    Text,

    /// <summary>One JSON object on a line for each message.</summary>
    Json,
}
