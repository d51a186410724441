using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FifoVpn.Interop;
using FifoVpn.Packets;

namespace FifoVpn.Devices;

// From the host into the tunnel. The header in front of a packet is read apart, so the packet stands at the start of the buffer.
internal sealed partial class TunDevice
{
    /// <summary>An IPv6 header and what its length field can say.</summary>
    private const int MaxPacket = IpPacket.IPv6Header + ushort.MaxValue;

    /// <inheritdoc/>
    public bool Wait()
    {
        try
        {
            while (!_disposed && !Libc.WaitReadable(_tun, _stop))
            {
                if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    throw Refused(Name, Marshal.GetLastPInvokeError());
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Dispose came between the check and the call: the same outcome as one instruction earlier.
        }

        return !_disposed;
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out DevicePacket packet)
    {
        CheckBuffer(buffer);
        try
        {
            if (!_disposed)
            {
                return ReadNow(buffer, out packet);
            }
        }
        catch (ObjectDisposedException)
        {
            // As in Wait.
        }

        packet = default;
        return false;
    }

    private void CheckBuffer(Span<byte> buffer)
    {
        if (buffer.Length < ReadBufferSize)
        {
            throw new ArgumentException($"The buffer has {buffer.Length} bytes, a packet up to {ReadBufferSize}.", nameof(buffer));
        }
    }

    /// <summary>False when there is none now.</summary>
    private bool ReadNow(Span<byte> buffer, out DevicePacket packet)
    {
        while (true)
        {
            nint length = _hasHeader ? ReadWithHeader(buffer, out packet) : ReadPlain(buffer, out packet);
            if (length > 0)
            {
                return true;
            }

            int errno = length < 0 ? Marshal.GetLastPInvokeError() : Errno.EINTR;
            if (errno == Errno.EAGAIN)
            {
                return false;
            }

            if (errno != Errno.EINTR)
            {
                throw new DeviceException(
                    DeviceFailure.Removed, $"reading from {Name} failed ({Errno.Describe(errno)}); was the link deleted?");
            }
        }
    }

    private nint ReadPlain(Span<byte> buffer, out DevicePacket packet)
    {
        nint length = Libc.Read(_tun, buffer);
        packet = new DevicePacket((int)length);
        return length;
    }

    private unsafe nint ReadWithHeader(Span<byte> buffer, out DevicePacket packet)
    {
        packet = default;
        VirtioHeader header = default;
        fixed (byte* start = buffer)
        {
            IoVector* pieces = stackalloc IoVector[2];
            pieces[0] = new IoVector((byte*)&header, VirtioHeader.SizeInBytes);
            pieces[1] = new IoVector(start, buffer.Length);
            nint length = Libc.ReadVector(_tun, pieces, 2) - VirtioHeader.SizeInBytes;
            if (length > 0)
            {
                packet = Describe(buffer[..(int)length], header);
            }

            return length;
        }
    }

    /// <summary>Completes the checksum of one packet; of a super-packet, each of its packets gets its own when it is cut.</summary>
    private static DevicePacket Describe(Span<byte> packet, in VirtioHeader header)
    {
        if (header.SegmentationType == VirtioHeader.NoSegmentation)
        {
            if ((header.Flags & VirtioHeader.NeedsChecksum) != 0)
            {
                CompleteChecksum(packet, header.ChecksumStart, header.ChecksumOffset);
            }

            return new DevicePacket(packet.Length);
        }

        // Its own word on the header lengths is not needed, and not to be relied on. What can't be cut is for the cutter to refuse.
        int segmentSize = Math.Max(1, (int)header.SegmentSize);
        return TransportHeader.TryFind(packet, out TransportHeader transport)
            ? new DevicePacket(packet.Length, segmentSize, transport.End, transport.Protocol)
            : new DevicePacket(packet.Length, segmentSize);
    }

    internal static void CompleteChecksum(Span<byte> packet, int start, int offset)
    {
        if (start + offset + sizeof(ushort) > packet.Length)
        {
            return;
        }

        Span<byte> covered = packet[start..]; // its checksum field has the pseudo-header's sum
        ushort checksum = InternetChecksum.Compute(covered);
        bool isNone = checksum == 0 && offset == SuperPacket.UdpChecksum;
        BinaryPrimitives.WriteUInt16BigEndian(covered[offset..], isNone ? ushort.MaxValue : checksum);
    }
}
