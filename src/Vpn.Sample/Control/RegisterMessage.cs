using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace FifoVpn.Control;

/// <summary>
/// A node registers with a rendezvous server, and repeats it until it is answered, and whenever its own endpoints change. Its name and VPN addresses are those of its
/// certificate, its public endpoint is where the message comes from: neither is said here, so neither can be made up.
/// </summary>
/// <param name="LocalEndPoints">Where the node's socket is reached by those on its own side of a NAT; at most <see cref="ControlReader.MaxEndPoints"/>.</param>
internal sealed record RegisterMessage(IReadOnlyList<IPEndPoint> LocalEndPoints)
{
    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.Register);
        writer.EndPoints(LocalEndPoints);
        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out RegisterMessage? register)
    {
        register = new ControlReader(message).TryEndPoints(out IReadOnlyList<IPEndPoint>? local) ? new RegisterMessage(local) : null;
        return register is not null;
    }
}
