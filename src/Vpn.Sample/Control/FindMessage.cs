using System.Diagnostics.CodeAnalysis;
using FifoVpn.Packets;

namespace FifoVpn.Control;

/// <summary>A node looks for another, by name or by VPN address, and repeats it until it is answered.</summary>
/// <param name="Request">Comes back in the answer; not 0.</param>
/// <param name="Name">The node's name; null: look by address.</param>
internal sealed record FindMessage(uint Request, string? Name, VpnAddress Address)
{
    private const byte ByName = 1;
    private const byte ByAddress = 2;

    public static FindMessage Of(uint request, string name) => new(request, name, default);

    public static FindMessage Of(uint request, VpnAddress address) => new(request, null, address);

    public ReadOnlySpan<byte> Write(Span<byte> buffer)
    {
        var writer = new ControlWriter(buffer, ControlType.Find);
        writer.UInt32(Request);
        if (Name is not null)
        {
            writer.Byte(ByName);
            writer.Text(Name);
        }
        else
        {
            writer.Byte(ByAddress);
            writer.Address(Address);
        }

        return writer.Written;
    }

    public static bool TryRead(ReadOnlySpan<byte> message, [NotNullWhen(true)] out FindMessage? find)
    {
        find = null;
        var reader = new ControlReader(message);
        if (!reader.TryUInt32(out uint request) || request == 0 || !reader.TryByte(out byte by))
        {
            return false;
        }

        if (by == ByName && reader.TryText(out string? name))
        {
            find = Of(request, name);
        }
        else if (by == ByAddress && reader.TryAddress(out VpnAddress address))
        {
            find = Of(request, address);
        }

        return find is not null;
    }
}
