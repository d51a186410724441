namespace FifoDtls.Interop;

internal static unsafe partial class LibCrypto
{
    /// <summary>A certificate's DER encoding.</summary>
    internal static byte[] ToDer(SafeX509Handle certificate)
    {
        byte[] der = new byte[i2d_X509(certificate, null)];
        fixed (byte* start = der)
        {
            byte* cursor = start;
            _ = i2d_X509(certificate, &cursor);
        }

        return der;
    }

    /// <summary>The DER encoding of a certificate's subject.</summary>
    internal static byte[] SubjectToDer(SafeX509Handle certificate)
    {
        nint name = X509_get_subject_name(certificate);
        byte[] der = new byte[i2d_X509_NAME(name, null)];
        fixed (byte* start = der)
        {
            byte* cursor = start;
            _ = i2d_X509_NAME(name, &cursor);
        }

        return der;
    }
}
