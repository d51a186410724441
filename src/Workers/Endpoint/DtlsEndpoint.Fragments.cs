using System.Net;

namespace FifoDtls;

// ClientHellos that come in fragments. The first one is proven by itself, like a whole ClientHello; only then are the others waited for, and the whole goes on as if it had come so.
public sealed partial class DtlsEndpoint
{
    private void DispatchFragments(ReadOnlySpan<byte> datagram, SocketAddress source, PeerSlot? slot)
    {
        while (HelloFragment.TryParse(datagram, out HelloFragment fragment))
        {
            if (fragment.Offset == 0 && !BeginsReassembly(fragment, source, slot))
            {
                return;
            }

            if (!_reassemblies.TryAdd(fragment, source, out ReadOnlySpan<byte> whole))
            {
                // Its first fragment is unproven or late, or its ClientHello is served already. libssl has no use for it: it repeats its own flight by its own timer.
                EndpointCounters.Count(ref _counters.HelloFragmentsDropped);
            }
            else if (!whole.IsEmpty)
            {
                EndpointCounters.Count(ref _counters.HellosReassembled);
                DispatchHello(whole, source, slot);
                return; // what follows in the datagram repeats what is served
            }

            datagram = datagram[fragment.Record.Length..]; // a datagram may hold several
        }
    }

    private bool BeginsReassembly(in HelloFragment first, SocketAddress source, PeerSlot? slot)
    {
        if (!ClientHello.TryParseStart(first, out ClientHello hello))
        {
            EndpointCounters.Count(ref _counters.MalformedHellos);
            _drops.Note(DropReason.MalformedHello, source);
            return false;
        }

        if (slot is not null && FindServed(hello, slot) is not null)
        {
            EndpointCounters.Count(ref _counters.HelloFragmentsDropped);
            return false;
        }

        if (first.MessageLength > _reassemblies.LargestMessage)
        {
            EndpointCounters.Count(ref _counters.OversizedHellos);
            _drops.Note(DropReason.OversizedHello, source);
            return false;
        }

        if (!_gate.Admits(hello, source, out _))
        {
            return false;
        }

        if (!_reassemblies.TryBegin(first, source))
        {
            EndpointCounters.Count(ref _counters.RefusedReassembliesFull);
            _drops.Note(DropReason.ReassembliesFull, source);
            return false;
        }

        return true;
    }
}
