using System.Net;

namespace FifoDtls;

// The way in: what the reader thread does with a datagram. Nothing here waits, and nothing is kept of a source that has not proved itself.
public sealed partial class DtlsEndpoint
{
    private const int HandOverSize = 16_384; // of a train: a smaller one is copied, so that what waits in a FIFO is at least a quarter of the memory that it holds

    private FifoTransport? _unwoken; // the FIFO that was pushed to last; the reader thread's alone

    private void Dispatch(DatagramReceiver receiver, int slot)
    {
        ReadOnlySpan<byte> datagrams = receiver.Datagram(slot);
        int size = receiver.SegmentSize(slot);
        PathAddress source = receiver.Source(slot);
        if (size == 0)
        {
            Dispatch(datagrams, source);
        }
        else if (_peers.TryGet(source, out PeerSlot known) && known.Successor is null && IsApplicationData(datagrams, size))
        {
            DispatchTrain(receiver, slot, known.Current.Exchange);
        }
        else
        {
            for (; !datagrams.IsEmpty; datagrams = datagrams[Math.Min(size, datagrams.Length)..])
            {
                Dispatch(datagrams[..Math.Min(size, datagrams.Length)], source);
            }
        }
    }

    private static bool IsApplicationData(ReadOnlySpan<byte> train, int size)
    {
        for (int at = 0; at < train.Length; at += size)
        {
            if (DtlsRecord.ContentType(train[at..]) != DtlsRecord.ApplicationData)
            {
                return false;
            }
        }

        return true;
    }

    private void DispatchTrain(DatagramReceiver receiver, int slot, PeerExchange exchange)
    {
        ReadOnlySpan<byte> train = receiver.Datagram(slot);
        int size = receiver.SegmentSize(slot);
        Interlocked.Add(ref _counters.DatagramsReceived, (train.Length + size - 1) / size);
        Interlocked.Add(ref _counters.BytesReceived, train.Length);
        if (train.Length >= HandOverSize)
        {
            WakeAtEnd(exchange.Transport);
            Interlocked.Add(ref _counters.FifoDrops, exchange.Transport.PushUnwoken(receiver.TakeBuffer(slot)));
            return;
        }

        for (; !train.IsEmpty; train = train[Math.Min(size, train.Length)..])
        {
            Push(exchange, train[..Math.Min(size, train.Length)]);
        }
    }

    // A receiver is woken when what has come for it together is in its FIFO: once, and with a whole batch to take.
    private void WakeAtEnd(FifoTransport transport)
    {
        if (_unwoken != transport)
        {
            EndOfBatch();
            _unwoken = transport;
        }
    }

    private void EndOfBatch()
    {
        _unwoken?.Wake();
        _unwoken = null;
    }

    private void Dispatch(ReadOnlySpan<byte> datagram, SocketAddress source)
    {
        EndpointCounters.Count(ref _counters.DatagramsReceived);
        Interlocked.Add(ref _counters.BytesReceived, datagram.Length);
        bool known = _peers.TryGet(source, out PeerSlot slot);
        bool isHello = ClientHello.Begins(datagram);
        if (isHello && Options.ServerContext is not null)
        {
            DispatchHello(datagram, source, known ? slot : null);
        }
        else if (known && !isHello) // who does not accept has no use for one, and to libssl it would end a client's handshake
        {
            DispatchToPeer(datagram, slot);
        }
        else
        {
            EndpointCounters.Count(ref _counters.UnknownSources);
            if (datagram.IsEmpty || DtlsRecord.ContentType(datagram) != DtlsRecord.Alert) // the answer to a close_notify comes when its peer is gone
            {
                _drops.Note(DropReason.UnknownSource, source);
            }
        }
    }

    // While a successor handshakes beside the peer, both may be meant by an encrypted record; the one that it is not meant
    // for drops it (RFC 6347 §4.1.2.7). A handshake in the clear is the successor's alone.
    private void DispatchToPeer(ReadOnlySpan<byte> datagram, PeerSlot slot)
    {
        if (slot.Successor is { } successor)
        {
            Push(successor.Exchange, datagram);
            if (datagram.Length < DtlsRecord.HeaderSize || DtlsRecord.Epoch(datagram) == 0)
            {
                return;
            }
        }

        DtlsPeer current = slot.Current;
        Push(current.Exchange, datagram);
        if (current.AsksForAttendance(datagram) && !_workers.TryRun(current.Attend, current.GoUnattended))
        {
            current.GoUnattended(); // the client's next repetition may find a thread
        }
    }

    private void DispatchHello(ReadOnlySpan<byte> datagram, SocketAddress source, PeerSlot? slot)
    {
        if (HelloFragment.TryParse(datagram, out _))
        {
            DispatchFragments(datagram, source, slot);
            return;
        }

        if (!ClientHello.TryParse(datagram, out ClientHello hello))
        {
            EndpointCounters.Count(ref _counters.MalformedHellos);
            _drops.Note(DropReason.MalformedHello, source);
            return;
        }

        if (slot is not null && IsRepeated(datagram, hello, slot))
        {
            return;
        }

        if (!_gate.Admits(hello, source, out long order))
        {
            return;
        }

        if (slot is null)
        {
            Admit(datagram, hello, order, source);
        }
        else if (IsLate(order, slot))
        {
            EndpointCounters.Count(ref _counters.InvalidCookies); // no longer
        }
        else if (slot.Current is { Role: DtlsRole.Client, IsEstablished: false } connecting && slot.Successor is null)
        {
            ResolveCrossing(datagram, hello, order, source, connecting);
        }
        else
        {
            AdmitSuccessor(datagram, hello, order, source, slot.Current);
        }
    }

    // A ClientHello of an attempt that is being served already goes to its server, which repeats its flight.
    private bool IsRepeated(ReadOnlySpan<byte> datagram, in ClientHello hello, PeerSlot slot)
    {
        if (FindServed(hello, slot) is not { } served)
        {
            return false;
        }

        Push(served, datagram);
        return true;
    }

    private static PeerExchange? FindServed(in ClientHello hello, PeerSlot slot)
    {
        PeerExchange current = slot.Current.Exchange;
        PeerExchange? successor = slot.Successor?.Exchange;
        return current.Role == DtlsRole.Server && current.IsOf(hello) ? current
            : successor is not null && successor.IsOf(hello) ? successor
            : null;
    }

    private void Admit(ReadOnlySpan<byte> datagram, in ClientHello hello, long order, SocketAddress source)
    {
        if (MayHandshake(source))
        {
            DtlsPeer peer = CreateServerPeer(datagram, hello, order, source);
            Begin(peer, _peers.TryAdd(peer, out _), source);
        }
    }

    private void AdmitSuccessor(ReadOnlySpan<byte> datagram, in ClientHello hello, long order, SocketAddress source, DtlsPeer current)
    {
        if (MayHandshake(source))
        {
            DtlsPeer peer = CreateServerPeer(datagram, hello, order, source);
            PeerAddition addition = _peers.TryAddSuccessor(peer, out DtlsPeer? givenUp);
            givenUp?.Exchange.Transport.Dispose();
            if (addition == PeerAddition.Added && IsAbandoned(current, order))
            {
                current.Exchange.IsAbandoned = true;
            }

            Begin(peer, addition, source);
        }
    }

    /// <summary>
    /// Both sides have sent a ClientHello. If only one of the two offers a session, the other side yields: it becomes the server, and the session can be resumed. Else both compare the
    /// two randoms, and the sender of the greater one yields. So one association comes of it, whichever datagrams are lost.
    /// </summary>
    private void ResolveCrossing(ReadOnlySpan<byte> datagram, in ClientHello hello, long order, SocketAddress source, DtlsPeer connecting)
    {
        EndpointCounters.Count(ref _counters.CrossedHellos);
        PeerExchange own = connecting.Exchange;
        if (!Yields(own, hello))
        {
            return;
        }

        PeerExchange exchange = CreateExchange(DtlsRole.Server, PathAddress.Copy(source), hello.Random.ToArray(), order, own.Transport.MaxDatagramSize);
        Push(exchange, datagram);
        Interlocked.Increment(ref _counters.HandshakesInProgress);
        if (!connecting.YieldTo(exchange))
        {
            Interlocked.Decrement(ref _counters.HandshakesInProgress);
            exchange.Transport.Dispose();
        }
    }

    /// <remarks>
    /// A side that has had no answer yet yields too: its ClientHello went to nobody, as when the other side has only just started, and would be repeated late. That stays unambiguous:
    /// without an answer it has no cookie, and once it has yielded it never asks for one, so the other side can't yield as well. For a session it waits with that until the other
    /// side repeats itself: its own repetition comes first, if it can get there at all.
    /// </remarks>
    private static bool Yields(PeerExchange own, in ClientHello hello)
    {
        byte[]? random = own.ClientRandom;
        bool unanswered = random is null || own.Transport.Statistics.Accepted == 0;
        if (own.OffersSession == hello.OffersSession)
        {
            return unanswered || random.AsSpan().SequenceCompareTo(hello.Random) >= 0;
        }

        bool insists = !unanswered || !own.HasInsisted;
        own.HasInsisted = true;
        return hello.OffersSession || !insists;
    }

    private bool MayHandshake(SocketAddress source)
    {
        if (Volatile.Read(ref _counters.HandshakesInProgress) >= Options.MaxHandshakes)
        {
            EndpointCounters.Count(ref _counters.RefusedHandshakesFull);
            _drops.Note(DropReason.HandshakesFull, source);
            return false;
        }

        if (!_handshakeRate.TryTake())
        {
            EndpointCounters.Count(ref _counters.RefusedHandshakeRate);
            _drops.Note(DropReason.HandshakeRate, source);
            return false;
        }

        return true;
    }

    private DtlsPeer CreateServerPeer(ReadOnlySpan<byte> datagram, in ClientHello hello, long order, SocketAddress source)
    {
        PathAddress address = PathAddress.Copy(source);
        PeerExchange exchange = CreateExchange(DtlsRole.Server, address, hello.Random.ToArray(), order);
        Push(exchange, datagram); // the worker's handshake begins with it
        return new DtlsPeer(this, address, exchange, connectOptions: null, Options.Session);
    }

    private void Begin(DtlsPeer peer, PeerAddition addition, SocketAddress source)
    {
        if (addition != PeerAddition.Added)
        {
            peer.Exchange.Transport.Dispose();
            if (addition == PeerAddition.Full)
            {
                EndpointCounters.Count(ref _counters.RefusedPeersFull);
                _drops.Note(DropReason.PeersFull, source);
            }

            return;
        }

        Interlocked.Increment(ref _counters.HandshakesInProgress);
        if (_workers.TryRun(peer.Work, peer.EndWithoutThread))
        {
            return;
        }

        if (Volatile.Read(ref _disposed) != 0)
        {
            peer.Abandon();
        }
        else
        {
            peer.EndWithoutThread();
        }
    }

    private PeerExchange CreateExchange(DtlsRole role, SocketAddress address, byte[]? clientRandom, long cookieOrder, int? maxDatagramSize = null, bool mayOfferSession = false)
    {
        PeerExchange? exchange = null;
        var transport = new FifoTransport(
            datagram =>
            {
                exchange!.NoteSent(datagram);
                if (!exchange.IsSilent)
                {
                    SendTo(datagram, address);
                }
            },
            new FifoTransportOptions { Capacity = Options.FifoCapacity, MaxReceiveSize = Options.MaxReceiveSize, MaxDatagramSize = maxDatagramSize ?? Options.MaxDatagramSize },
            (datagrams, lengths) => SendTo(datagrams, lengths, address)); // of an association that is established: nothing of interest to the exchange
        exchange = new PeerExchange(role, transport, clientRandom, cookieOrder) { OffersSession = mayOfferSession };
        return exchange;
    }

    private void Push(PeerExchange exchange, ReadOnlySpan<byte> datagram)
    {
        WakeAtEnd(exchange.Transport);
        if (exchange.Transport.PushUnwoken(datagram) != 0)
        {
            EndpointCounters.Count(ref _counters.FifoDrops);
        }
    }

    private void SendTo(ReadOnlySpan<byte> datagram, SocketAddress address)
    {
        EndpointCounters.Count(ref _counters.DatagramsSent);
        Interlocked.Add(ref _counters.BytesSent, datagram.Length);
        _socket.Send(datagram, address);
    }

    private void SendTo(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths, SocketAddress address)
    {
        Interlocked.Add(ref _counters.DatagramsSent, lengths.Length);
        Interlocked.Add(ref _counters.BytesSent, datagrams.Length);
        _socket.SendBatch(datagrams, lengths, address);
    }
}
