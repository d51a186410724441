using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private void SetGroups()
    {
        if (_options.Groups.Count == 0)
        {
            return;
        }

        nint list = Marshal.StringToCoTaskMemUTF8(string.Join(':', _options.Groups.Distinct().Select(NameOf)));
        try
        {
            if (LibSsl.SSL_CTX_ctrl(Handle, LibSsl.CtrlSetGroupsList, new CLong(0), list).Value != 1)
            {
                throw new DtlsException($"This libssl refuses the groups {string.Join(", ", _options.Groups)}: {OpenSslErrors.Drain()}");
            }
        }
        finally
        {
            Marshal.FreeCoTaskMem(list);
        }
    }

    private static string NameOf(DtlsGroup group) => group switch
    {
        DtlsGroup.P256 => "P-256",
        DtlsGroup.P384 => "P-384",
        DtlsGroup.P521 => "P-521",
        DtlsGroup.X25519 => "X25519",
        DtlsGroup.X448 => "X448",
        _ => throw new ArgumentException($"{nameof(DtlsContextOptions.Groups)} names {group}, which is no value of {nameof(DtlsGroup)}."),
    };
}
