using System.Runtime.InteropServices;
using System.Text;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    // libssl's PRF takes 1,024 bytes of label, randoms, context length and context; this leaves room for the longest label.
    private const int MaxExporterContext = 700;

    // RFC 5705 §4 and RFC 7627 §4: these make the protocol's own secrets.
    private static readonly string[] ReservedLabels = ["client finished", "server finished", "master secret", "extended master secret", "key expansion"];

    /// <summary>Derives keying material without a context, which is not the same as with an empty one. See <see cref="ExportKeyingMaterial(string, ReadOnlySpan{byte}, Span{byte})"/>.</summary>
    /// <inheritdoc cref="ExportKeyingMaterial(string, ReadOnlySpan{byte}, Span{byte})" path="/param"/>
    /// <inheritdoc cref="ExportKeyingMaterial(string, ReadOnlySpan{byte}, Span{byte})" path="/exception"/>
    public void ExportKeyingMaterial(string label, Span<byte> destination) => Export(label, default, withContext: false, destination);

    /// <summary>
    /// Derives keying material for another protocol from the association's master secret (RFC 5705): both sides get the same bytes for the same label, context and length. Any thread; as long as
    /// the association is established.
    /// </summary>
    /// <param name="label">1 to 255 printable ASCII characters: one of the IANA registry of exporter labels, or one that begins with <c>EXPERIMENTAL</c>.</param>
    /// <param name="context">Up to 700 bytes, a limit of libssl, that go into the derivation. Empty is a context too.</param>
    /// <param name="destination">Takes the bytes, all of its length. Not empty.</param>
    /// <exception cref="ArgumentException">The label is empty, too long, not ASCII, or one of the protocol's own; the context is too long; or the destination is empty.</exception>
    /// <exception cref="InvalidOperationException">
    /// The association is not established; or the peer has no extended master secret, without which the bytes would not be bound to this association alone (RFC 7627 §5.4).
    /// </exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    public void ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, Span<byte> destination) => Export(label, context, withContext: true, destination);

    private void Export(string label, ReadOnlySpan<byte> context, bool withContext, Span<byte> destination)
    {
        RequireExportable(label, context, destination);
        byte[] name = Encoding.ASCII.GetBytes(label);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_state != DtlsConnectionState.Established)
            {
                throw new InvalidOperationException($"Keying material is exported from an association that is established; this one is {_state}.");
            }

            if (!HasExtendedMasterSecret())
            {
                throw new InvalidOperationException("Keying material can't be exported: the peer did not negotiate the extended master secret (RFC 7627).");
            }

            LibCrypto.ERR_clear_error();
            fixed (byte* output = destination)
            fixed (byte* nameStart = name)
            fixed (byte* contextStart = context)
            {
                byte none; // libssl must get a pointer also for an empty context
                byte* given = contextStart == null ? &none : contextStart;
                if (LibSsl.SSL_export_keying_material(
                    _ssl, output, (nuint)destination.Length, nameStart, (nuint)name.Length, given, (nuint)context.Length, withContext ? 1 : 0) != 1)
                {
                    throw new DtlsException($"libssl refuses to export keying material for the label \"{label}\": {OpenSslErrors.Drain()}");
                }
            }
        }
    }

    private static void RequireExportable(string label, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (label.Length is 0 or > 255 || label.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"An exporter label has 1 to 255 printable ASCII characters (RFC 5705 §4); this one is \"{label}\".", nameof(label));
        }

        // libssl compares beginnings, because the seed follows the label without a separator.
        if (Array.Exists(ReservedLabels, reserved => label.StartsWith(reserved, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"The exporter label \"{label}\" begins with one of the protocol's own labels, which are reserved (RFC 5705 §4).", nameof(label));
        }

        if (context.Length > MaxExporterContext)
        {
            throw new ArgumentException($"An exporter's context has up to {MaxExporterContext} bytes; this one has {context.Length}.", nameof(context));
        }

        if (destination.IsEmpty)
        {
            throw new ArgumentException("There must be room for at least one byte of keying material.", nameof(destination));
        }
    }
}
