using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace FifoDtls;

/// <summary>Asks the application for the password of a key file, when OpenSSL asks: which it does for an encrypted key only.</summary>
internal sealed unsafe class PasswordRequest(string path, Func<string, string?> ask)
{
    private string? _password;
    private ExceptionDispatchInfo? _failure;
    private bool _asked;

    /// <summary>Whether there was a password, right or wrong.</summary>
    internal bool Answered => _password is not null;

    /// <summary>Throws what the application has thrown.</summary>
    internal void ThrowIfFailed() => _failure?.Throw();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int OnPassword(byte* buffer, int size, int writing, void* argument)
    {
        var self = (PasswordRequest)GCHandle.FromIntPtr((nint)argument).Target!;
        try
        {
            return self.Write(new Span<byte>(buffer, size));
        }
        catch (Exception exception)
        {
            self._failure = ExceptionDispatchInfo.Capture(exception);
            return -1;
        }
    }

    // OpenSSL tries several formats, and may ask for each; the application is asked once.
    private int Write(Span<byte> buffer)
    {
        if (!_asked)
        {
            _asked = true;
            _password = ask(path);
        }

        return _password is not null && Encoding.UTF8.TryGetBytes(_password, buffer, out int length) ? length : -1;
    }
}
