using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private KeyLogWriter? _keyLog;

    /// <summary>The full path of the file that the secrets are written to, or <see langword="null"/>.</summary>
    internal string? KeyLogFile => _keyLog?.Path;

    private void SetKeyLog()
    {
        if (_options.KeyLogFile is { } path)
        {
            _keyLog = new KeyLogWriter(path);
            LibSsl.SSL_CTX_set_keylog_callback(Handle, &OnKeyLog);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnKeyLog(nint ssl, byte* line)
    {
        if (FifoBio.OfSsl(ssl) is not { } bio)
        {
            return;
        }

        try
        {
            bio.KeyLog?.WriteLine(Marshal.PtrToStringUTF8((nint)line)!);
        }
        catch (Exception exception)
        {
            bio.KeyLogFailure = exception; // reported when libssl has returned
        }
    }
}
