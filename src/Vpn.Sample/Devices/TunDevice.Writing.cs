using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoVpn.Interop;

namespace FifoVpn.Devices;

// From the tunnel to the host. Several threads may be here at once: what a call needs stands on its own stack.
internal sealed partial class TunDevice
{
    /// <summary>Packets that are looked at together; more are written in several rounds.</summary>
    private const int MaxRound = 128;

    private int _mergeable; // the offloads that are still used for writing
    private long _writeErrors;

    /// <summary>
    /// Packets that the kernel refused, for example because the link was down or the packet malformed, and those after Dispose.
    /// </summary>
    public long WriteErrors => Interlocked.Read(ref _writeErrors);

    private DeviceOffloads Mergeable => (DeviceOffloads)Volatile.Read(ref _mergeable) & (DeviceOffloads.TcpSegmentation | DeviceOffloads.UdpSegmentation);

    /// <inheritdoc/>
    public unsafe void Write(ReadOnlySpan<byte> packet)
    {
        fixed (byte* start = packet)
        {
            if (!WriteOne(start, packet.Length))
            {
                Interlocked.Increment(ref _writeErrors);
            }
        }
    }

    /// <inheritdoc/>
    public void WriteMany(Span<byte> packets, ReadOnlySpan<int> lengths)
    {
        while (lengths.Length > 0)
        {
            int count = Math.Min(MaxRound, lengths.Length);
            int written = lengths.Length == 1 || Mergeable == DeviceOffloads.None
                ? WriteSingly(packets, lengths[..count])
                : WriteMerged(packets, lengths[..count]);
            packets = packets[written..];
            lengths = lengths[count..];
        }
    }

    private int WriteSingly(ReadOnlySpan<byte> packets, ReadOnlySpan<int> lengths)
    {
        int at = 0;
        foreach (int length in lengths)
        {
            Write(packets.Slice(at, length));
            at += length;
        }

        return at;
    }

    [SkipLocalsInit]
    private unsafe int WriteMerged(Span<byte> packets, ReadOnlySpan<int> lengths)
    {
        Span<PacketGroup> groups = stackalloc PacketGroup[MaxRound];
        Span<int> offsets = stackalloc int[MaxRound];
        Span<short> next = stackalloc short[MaxRound];
        Span<OpenFlow> flows = stackalloc OpenFlow[PacketCoalescer.MaxOpenFlows];
        PacketCoalescer coalescer = new(packets, Mergeable, groups, offsets, next, flows);
        ReadOnlySpan<PacketGroup> plan = coalescer.Plan(lengths);
        IoVector* pieces = stackalloc IoVector[MaxRound + 1];
        fixed (byte* start = packets)
        {
            foreach (ref readonly PacketGroup group in plan)
            {
                if (group.Count > 1)
                {
                    WriteGroup(start, lengths, coalescer, group, pieces);
                }
                else if (!WriteOne(start + group.Offset, group.Length))
                {
                    Interlocked.Increment(ref _writeErrors);
                }
            }
        }

        return offsets[lengths.Length - 1] + lengths[^1];
    }

    private unsafe void WriteGroup(byte* start, ReadOnlySpan<int> lengths, in PacketCoalescer coalescer, in PacketGroup group, IoVector* pieces)
    {
        Span<byte> first = new(start + group.Offset, lengths[group.First]);
        SuperPacket super = SuperPacket.Begin(first, group, out VirtioHeader header);
        pieces[0] = new IoVector((byte*)&header, VirtioHeader.SizeInBytes);
        pieces[1] = new IoVector(start + group.Offset, first.Length);
        int number = group.First;
        for (int i = 1; i < group.Count; i++)
        {
            number = coalescer.Next[number];
            pieces[i + 1] = new IoVector(start + coalescer.Offsets[number] + group.HeaderLength, lengths[number] - group.HeaderLength);
        }

        if (WritePieces(pieces, group.Count + 1))
        {
            return;
        }

        int errno = Marshal.GetLastPInvokeError();
        super.Undo(first, group);
        if (errno is Errno.EINVAL or Errno.EIO && !_disposed)
        {
            WriteApart(start, lengths, coalescer, group);
        }
        else
        {
            Interlocked.Add(ref _writeErrors, group.Count);
        }
    }

    /// <summary>What the kernel did not take as a super-packet. If it takes the packets alone, it can't do it, and is not asked again.</summary>
    private unsafe void WriteApart(byte* start, ReadOnlySpan<int> lengths, in PacketCoalescer coalescer, in PacketGroup group)
    {
        int refused = 0;
        int number = group.First;
        for (int i = 0; i < group.Count; i++)
        {
            refused += WriteOne(start + coalescer.Offsets[number], lengths[number]) ? 0 : 1;
            number = coalescer.Next[number];
        }

        if (refused < group.Count)
        {
            Interlocked.And(ref _mergeable, (int)~(group.IsTcp ? DeviceOffloads.TcpSegmentation : DeviceOffloads.UdpSegmentation));
        }

        Interlocked.Add(ref _writeErrors, refused);
    }

    private unsafe bool WriteOne(byte* packet, int length)
    {
        VirtioHeader header = default; // one packet, and its checksums are there
        IoVector* pieces = stackalloc IoVector[2];
        pieces[0] = new IoVector((byte*)&header, VirtioHeader.SizeInBytes);
        pieces[1] = new IoVector(packet, length);
        return length > 0 && (_hasHeader ? WritePieces(pieces, 2) : WritePieces(pieces + 1, 1)); // no driver hears of a write of nothing
    }

    /// <summary>False with an error number when the kernel did not take them, and after Dispose.</summary>
    private unsafe bool WritePieces(IoVector* pieces, int count)
    {
        try
        {
            while (!_disposed)
            {
                if (Libc.WriteVector(_tun, pieces, count) >= 0)
                {
                    return true;
                }

                if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    return false;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // As in Wait; the caller counts it.
        }

        return false;
    }
}
