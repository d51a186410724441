using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Control;

/// <summary>Takes a control message apart. What is not there or malformed makes the whole message invalid; what follows the known fields is ignored: a later version may send more.</summary>
internal ref struct ControlReader
{
    /// <summary>More endpoints of one node than that are not taken.</summary>
    public const int MaxEndPoints = 8;

    private ReadOnlySpan<byte> _rest;

    /// <param name="message">A whole message, its type included.</param>
    public ControlReader(ReadOnlySpan<byte> message) => _rest = message[1..];

    public bool TryByte(out byte value)
    {
        bool there = TryTake(1, out ReadOnlySpan<byte> taken);
        value = there ? taken[0] : default;
        return there;
    }

    public bool TryUInt16(out ushort value)
    {
        bool there = TryTake(sizeof(ushort), out ReadOnlySpan<byte> taken);
        value = there ? BinaryPrimitives.ReadUInt16BigEndian(taken) : default;
        return there;
    }

    public bool TryUInt32(out uint value)
    {
        bool there = TryTake(sizeof(uint), out ReadOnlySpan<byte> taken);
        value = there ? BinaryPrimitives.ReadUInt32BigEndian(taken) : default;
        return there;
    }

    public bool TryUInt64(out ulong value)
    {
        bool there = TryTake(sizeof(ulong), out ReadOnlySpan<byte> taken);
        value = there ? BinaryPrimitives.ReadUInt64BigEndian(taken) : default;
        return there;
    }

    /// <summary>Control characters become question marks: such texts stand in logs.</summary>
    public bool TryText([NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryByte(out byte length) || !TryTake(length, out ReadOnlySpan<byte> taken))
        {
            return false;
        }

        text = NodeName.Printable(Encoding.UTF8.GetString(taken));
        return true;
    }

    public bool TryAddress(out VpnAddress address)
    {
        bool there = TryAddressBytes(out ReadOnlySpan<byte> taken);
        address = there ? VpnAddress.FromBytes(taken) : default;
        return there;
    }

    public bool TryEndPoint([NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = TryAddressBytes(out ReadOnlySpan<byte> taken) && TryUInt16(out ushort port) && port != 0 ? new IPEndPoint(new IPAddress(taken), port) : null;
        return endPoint is not null;
    }

    public bool TryEndPoints([NotNullWhen(true)] out IReadOnlyList<IPEndPoint>? endPoints)
    {
        endPoints = null;
        if (!TryByte(out byte count) || count > MaxEndPoints)
        {
            return false;
        }

        var list = new IPEndPoint[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryEndPoint(out IPEndPoint? endPoint))
            {
                return false;
            }

            list[i] = endPoint;
        }

        endPoints = list;
        return true;
    }

    private bool TryAddressBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return TryByte(out byte family) && family is 4 or 6 && TryTake(family == 4 ? 4 : 16, out bytes);
    }

    private bool TryTake(int length, out ReadOnlySpan<byte> taken)
    {
        if (_rest.Length < length)
        {
            taken = default;
            return false;
        }

        taken = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
