namespace FifoDtls.Interop;

/// <summary>libssl 3: what bounds an SSL's memory.</summary>
internal static unsafe partial class LibSsl
{
    internal const int CtrlSetMaxSendFragment = 52;
    internal const int MinSendFragment = 512;
    internal const int MaxSendFragment = 16_384; // SSL3_RT_MAX_PLAIN_LENGTH
}
