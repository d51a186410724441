using System.Globalization;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>What tshark makes of a capture file.</summary>
internal static class Tshark
{
    /// <summary>Finds packets for which the dissection of a correct sender has no cause: what is malformed, or can't be put together.</summary>
    internal const string Faults = "_ws.malformed || dtls.fragment.error || dtls.fragment.overlap.conflicts || dtls.fragment.too_long_fragment";

    /// <summary>Fields of the packets that a display filter finds: a line for each packet that has one of them, with tabs between the fields and commas between the values of one.</summary>
    /// <param name="file">The capture.</param>
    /// <param name="port">UDP to and from this port is dissected as DTLS.</param>
    /// <param name="displayFilter">The filter.</param>
    /// <param name="keys">A key log file, by which to decrypt, or <see langword="null"/>.</param>
    /// <param name="fields">The fields.</param>
    internal static string[] Fields(string file, int port, string displayFilter, string? keys, params string[] fields)
    {
        string dissector = string.Create(CultureInfo.InvariantCulture, $"udp.port=={port},dtls");
        string[] keyLog = keys is null ? [] : ["-o", $"tls.keylog_file:{keys}"];
        return ChildProcess.Run(Limits.Step * 3, "tshark", ["-r", file, "-d", dissector, .. keyLog, "-Y", displayFilter, "-T", "fields", .. fields.SelectMany(field => (string[])["-e", field])])
            .EnsureSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
