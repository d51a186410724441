using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>The calling thread's OpenSSL error queue as text (rule: clear it before each call whose error is read).</summary>
internal static class OpenSslErrors
{
    private const uint ReasonMask = 0x7F_FFFF; // ERR_GET_REASON

    /// <summary>The reason code of the queue's first entry, or 0. The queue stays as it is.</summary>
    internal static int PeekReason() => (int)(LibCrypto.ERR_peek_error().Value & ReasonMask);

    /// <summary>Empties the queue.</summary>
    /// <returns>The reasons in the queue's order, or a text that says that there was none.</returns>
    internal static string Drain()
    {
        string text = "";
        for (CULong code = LibCrypto.ERR_get_error(); code.Value != 0; code = LibCrypto.ERR_get_error())
        {
            string reason = Marshal.PtrToStringUTF8(LibCrypto.ERR_reason_error_string(code)) ?? $"error {code.Value:X8}";
            text = text.Length == 0 ? reason : $"{text}; {reason}";
        }

        return text.Length == 0 ? "no reason given by OpenSSL" : text;
    }
}
