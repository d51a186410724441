using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// Up to 32 datagrams per call, by Linux's recvmmsg. It waits for the first alone: a lone datagram is delivered at once, and under load a batch is what has come
/// in while the last one was worked on.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class BatchReceiver : DatagramReceiver
{
    internal const int BatchSize = 32;
    private const int NameSize = 28; // sockaddr_in6, the largest that is wanted

    // Pinned arrays: the headers point into them, and the kernel writes there.
    private readonly LibC.MultiMessageHeader[] _headers = GC.AllocateArray<LibC.MultiMessageHeader>(BatchSize, pinned: true);
    private readonly LibC.IoVector[] _vectors = GC.AllocateArray<LibC.IoVector>(BatchSize, pinned: true);
    private readonly byte[] _controls = GC.AllocateArray<byte>(BatchSize * LibC.PacketInfoSize, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(BatchSize * NameSize, pinned: true);

    internal BatchReceiver(UdpSocket socket, int maxDatagramSize)
        : base(socket, BatchSize, maxDatagramSize)
    {
        for (int i = 0; i < BatchSize; i++)
        {
            _vectors[i] = new LibC.IoVector { Base = AddressOf(Slot(i)), Length = (nuint)SlotSize };
            _headers[i].Header = new LibC.MessageHeader
            {
                Name = AddressOf(Name(i)),
                Vectors = (LibC.IoVector*)Unsafe.AsPointer(ref _vectors[i]),
                VectorCount = 1,
                Control = AddressOf(Control(i)),
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

    // The kernel writes back how long each name is, and each one's control data.
    private void PrepareHeaders()
    {
        foreach (ref LibC.MultiMessageHeader header in _headers.AsSpan())
        {
            header.Header.NameLength = NameSize;
            header.Header.ControlLength = Socket.TellsLocalAddress ? LibC.PacketInfoSize : 0u;
        }
    }

    private int ReceiveBatch()
    {
        try
        {
            fixed (LibC.MultiMessageHeader* headers = _headers)
            {
                return LibC.recvmmsg(Socket.Handle, headers, BatchSize, LibC.WaitForOne, null);
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
            PathAddress source = Source(i);
            int size = Math.Min((int)_headers[i].Header.NameLength, source.Buffer.Length);
            Name(i)[..size].CopyTo(source.Buffer.Span);
            source.Size = size;
            source.Local = UdpSocket.ReadLocalAddress(_headers[i].Header.Control, _headers[i].Header.ControlLength);
            SetLength(i, (int)_headers[i].Length);
        }
    }

    private Span<byte> Name(int slot) => _names.AsSpan(slot * NameSize, NameSize);

    private Span<byte> Control(int slot) => _controls.AsSpan(slot * LibC.PacketInfoSize, LibC.PacketInfoSize);

    private static byte* AddressOf(Span<byte> pinned) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(pinned));
}
