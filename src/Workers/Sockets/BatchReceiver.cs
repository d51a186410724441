using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// Up to 32 buffers per call, by Linux's recvmmsg, each with one datagram, or with a train of them if the socket takes such (UDP_GRO). It waits for the first alone: a lone datagram is delivered at once,
/// and under load a batch is what has come in while the last one was worked on.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class BatchReceiver : DatagramReceiver
{
    internal const int BatchSize = 32;
    private const int NameSize = 28; // sockaddr_in6, the largest that is wanted
    private const int ControlSize = LibC.PacketInfoSize + LibC.NumberControlSize;

    private readonly int _maxDatagramSize;

    // Pinned arrays, like the slots: the headers point into them, and the kernel writes there.
    private readonly LibC.MultiMessageHeader[] _headers = GC.AllocateArray<LibC.MultiMessageHeader>(BatchSize, pinned: true);
    private readonly LibC.IoVector[] _vectors = GC.AllocateArray<LibC.IoVector>(BatchSize, pinned: true);
    private readonly byte[] _controls = GC.AllocateArray<byte>(BatchSize * ControlSize, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(BatchSize * NameSize, pinned: true);
    private int _used = BatchSize; // headers that the last call has written to

    /// <param name="socket">The socket.</param>
    /// <param name="maxDatagramSize">The largest datagram that is wanted, in bytes.</param>
    internal BatchReceiver(UdpSocket socket, int maxDatagramSize)
        : base(socket, BatchSize, DatagramPool.LargeSize)
    {
        _maxDatagramSize = maxDatagramSize;
        for (int i = 0; i < BatchSize; i++)
        {
            Replaced(i);
            _headers[i].Header = new LibC.MessageHeader
            {
                Name = AddressOf(Name(i)),
                Vectors = (LibC.IoVector*)Unsafe.AsPointer(ref _vectors[i]),
                VectorCount = 1,
                Control = AddressOf(_controls.AsSpan(i * ControlSize, ControlSize)),
            };
        }
    }

    internal override int Receive()
    {
        while (!Socket.IsDisposed)
        {
            PrepareHeaders();
            int count = ReceiveBatch();
            if (Socket.IsDisposed)
            {
                break; // the end wakes the call, and looks to it like empty datagrams
            }

            if (count > 0)
            {
                Take(count);
                return count;
            }

            int error = Marshal.GetLastPInvokeError();
            if (!LibC.IsTransient(error))
            {
                throw new IOException($"Receiving failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
            }
        }

        return 0;
    }

    private protected override void Replaced(int slot) =>
        _vectors[slot] = new LibC.IoVector { Base = AddressOf(Slot(slot)), Length = (nuint)(Socket.ReceivesTrains ? SlotSize : Math.Min(_maxDatagramSize + 1, SlotSize)) };

    // The kernel writes back how long each name is, and each one's control data.
    private void PrepareHeaders()
    {
        nuint control = (Socket.TellsLocalAddress ? LibC.PacketInfoSize : 0u) + (Socket.ReceivesTrains ? LibC.NumberControlSize : 0u);
        foreach (ref LibC.MultiMessageHeader header in _headers.AsSpan(0, _used))
        {
            header.Header.NameLength = NameSize;
            header.Header.ControlLength = control;
        }

        _used = 0;
    }

    private int ReceiveBatch()
    {
        try
        {
            fixed (LibC.MultiMessageHeader* headers = _headers)
            {
                int count = LibC.recvmmsg(Socket.Handle, headers, BatchSize, LibC.WaitForOne, null);
                _used = count > 0 ? Math.Min(count + 1, BatchSize) : BatchSize; // what a call that broke off has written to is not known
                return count;
            }
        }
        catch (ObjectDisposedException) when (Socket.IsDisposed)
        {
            return 0;
        }
    }

    private void Take(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ref LibC.MultiMessageHeader received = ref _headers[i];
            PathAddress source = Source(i);
            int size = Math.Min((int)received.Header.NameLength, source.Buffer.Length);
            Name(i)[..size].CopyTo(source.Buffer.Span);
            source.Size = size;
            UdpSocket.ReadControl(received.Header.Control, received.Header.ControlLength, out LocalAddress local, out int segmentSize);
            source.Local = local;
            int length = (int)received.Length;
            if (segmentSize > 0 && segmentSize < length)
            {
                SetLength(i, length, segmentSize);
            }
            else
            {
                SetLength(i, Math.Min(length, _maxDatagramSize + 1));
            }
        }
    }

    private Span<byte> Name(int slot) => _names.AsSpan(slot * NameSize, NameSize);

    private static byte* AddressOf(Span<byte> pinned) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
}
