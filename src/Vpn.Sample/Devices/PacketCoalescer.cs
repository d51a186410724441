using System.Diagnostics;

namespace FifoVpn.Devices;

/// <summary>
/// Finds the packets of a batch that can be written as super-packets. It only plans: no byte of the batch is changed, and all its memory is the
/// caller's. A super-packet that is cut again gives back its packets, byte for byte, and packets of a flow keep their order: a group takes no further
/// packet once one of its flow could not join it, and groups stand in the order of their first packets.
/// </summary>
internal ref struct PacketCoalescer
{
    /// <summary>Groups that are open at the same time; the oldest is closed for a further one.</summary>
    public const int MaxOpenFlows = 8;

    private const int MaxLength = ushort.MaxValue;
    private const int MaxDatagrams = 64; // UDP_MAX_SEGMENTS of Linux before 6.9

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Span<PacketGroup> _groups;
    private readonly Span<int> _offsets;
    private readonly Span<short> _next;
    private readonly Span<OpenFlow> _flows;
    private readonly DeviceOffloads _offloads;
    private int _groupCount;
    private int _flowCount;

    /// <param name="bytes">The packets, back to back.</param>
    /// <param name="offloads">What may be merged: <see cref="DeviceOffloads.TcpSegmentation"/>, <see cref="DeviceOffloads.UdpSegmentation"/>.</param>
    /// <param name="groups">Room for a group for each packet.</param>
    /// <param name="offsets">Room for a number for each packet.</param>
    /// <param name="next">Room for a number for each packet.</param>
    /// <param name="flows">Room for <see cref="MaxOpenFlows"/>, or fewer.</param>
    public PacketCoalescer(
        ReadOnlySpan<byte> bytes, DeviceOffloads offloads, Span<PacketGroup> groups, Span<int> offsets, Span<short> next, Span<OpenFlow> flows)
    {
        _bytes = bytes;
        _offloads = offloads;
        _groups = groups;
        _offsets = offsets;
        _next = next;
        _flows = flows;
    }

    /// <summary>Where each packet begins.</summary>
    public readonly ReadOnlySpan<int> Offsets => _offsets;

    /// <summary>For each packet of a group but the last, the number of the next one.</summary>
    public readonly ReadOnlySpan<short> Next => _next;

    /// <summary>Plans how the packets are written and returns the groups, in the order in which they have to be written.</summary>
    public ReadOnlySpan<PacketGroup> Plan(ReadOnlySpan<int> lengths)
    {
        Debug.Assert(lengths.Length <= short.MaxValue, "The numbers of packets are kept in 16 bits.");
        int offset = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            ReadOnlySpan<byte> packet = _bytes.Slice(offset, lengths[i]);
            _offsets[i] = offset;
            if (FlowPacket.TryRead(packet, out FlowPacket flow, out bool mergeable))
            {
                mergeable &= (_offloads & (flow.IsTcp ? DeviceOffloads.TcpSegmentation : DeviceOffloads.UdpSegmentation)) != 0;
                Place(i, packet, flow, mergeable);
            }
            else
            {
                _flowCount = 0; // it may belong to any flow: a fragment, for example
                AddGroup(i, packet.Length);
            }

            offset += packet.Length;
        }

        return _groups[.._groupCount];
    }

    private void Place(int number, ReadOnlySpan<byte> packet, in FlowPacket flow, bool mergeable)
    {
        int slot = Find(packet, flow);
        if (slot >= 0)
        {
            if (mergeable && TryJoin(slot, number, packet, flow))
            {
                return;
            }

            Close(slot);
        }

        ref PacketGroup group = ref AddGroup(number, packet.Length);
        if (mergeable && !flow.Push)
        {
            Open(ref group, flow);
        }
    }

    private readonly int Find(ReadOnlySpan<byte> packet, in FlowPacket flow)
    {
        for (int slot = _flowCount - 1; slot >= 0; slot--)
        {
            if (_flows[slot].Key == flow.Key && flow.HasAddressesOf(_bytes[_groups[_flows[slot].Group].Offset..], packet))
            {
                return slot;
            }
        }

        return -1;
    }

    private bool TryJoin(int slot, int number, ReadOnlySpan<byte> packet, in FlowPacket flow)
    {
        ref OpenFlow open = ref _flows[slot];
        ref PacketGroup group = ref _groups[open.Group];
        ReadOnlySpan<byte> first = _bytes[group.Offset..];
        if (flow.Payload > group.SegmentSize
            || group.Length + flow.Payload > MaxLength
            || flow.HeaderLength != group.HeaderLength
            || (flow.IsTcp && flow.Sequence != open.NextSequence)
            || flow.Id != open.NextId
            || !flow.HasHeaderOf(first, packet)
            || !(open.Verified || flow.HasRightChecksums(first[..(group.HeaderLength + group.SegmentSize)]))
            || !flow.HasRightChecksums(packet))
        {
            return false;
        }

        open.Verified = true;
        _next[group.Last] = (short)number;
        group.Last = number;
        group.Count++;
        group.Length += flow.Payload;
        group.Push = flow.Push;
        open.NextSequence += (uint)flow.Payload;
        open.NextId += flow.IsIPv6 ? (ushort)0 : (ushort)1;
        if (flow.Push || flow.Payload < group.SegmentSize || group.Length + group.SegmentSize > MaxLength || (!flow.IsTcp && group.Count == MaxDatagrams))
        {
            Close(slot);
        }

        return true;
    }

    private ref PacketGroup AddGroup(int number, int length)
    {
        ref PacketGroup group = ref _groups[_groupCount++];
        group = new PacketGroup { First = number, Last = number, Count = 1, Offset = _offsets[number], Length = length };
        return ref group;
    }

    private void Open(ref PacketGroup group, in FlowPacket flow)
    {
        group.SegmentSize = (ushort)flow.Payload;
        group.Transport = flow.Transport;
        group.HeaderLength = flow.HeaderLength;
        group.IsTcp = flow.IsTcp;
        group.IsIPv6 = flow.IsIPv6;
        if (_flowCount == _flows.Length)
        {
            Close(0);
        }

        _flows[_flowCount++] = new OpenFlow
        {
            Key = flow.Key,
            Group = _groupCount - 1,
            NextSequence = flow.Sequence + (uint)flow.Payload,
            NextId = (ushort)(flow.Id + (flow.IsIPv6 ? 0 : 1)),
        };
    }

    // The others keep their order, so that the first is the oldest.
    private void Close(int slot)
    {
        _flowCount--;
        _flows.Slice(slot + 1, _flowCount - slot).CopyTo(_flows[slot..]);
    }
}
