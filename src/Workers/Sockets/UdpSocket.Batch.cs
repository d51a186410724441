using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FifoDtls.Interop;

namespace FifoDtls;

// Many datagrams in one system call. On Linux sendmmsg takes several buffers, and with UDP_SEGMENT each of them is a train: datagrams of one size, which the kernel or the device cuts apart.
internal sealed unsafe partial class UdpSocket
{
    private const int MessagesPerCall = 16;
    private const int SendControlSize = LibC.PacketInfoSize + LibC.NumberControlSize;

    private volatile bool _sendsTrains;

    /// <summary>Whether trains are sent. Once a device has refused one whose datagrams it takes one by one, no more are.</summary>
    internal bool SendsTrains => _sendsTrains;

    /// <summary>Whether trains are received.</summary>
    internal bool ReceivesTrains { get; private set; }

    private void AskForTrains()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        int off = 0;
        int on = 1;
        SafeHandle socket = _socket.SafeHandle;
        _sendsTrains = LibC.setsockopt(socket, LibC.UdpLevel, LibC.UdpSegment, &off, sizeof(int)) == 0;
        ReceivesTrains = LibC.setsockopt(socket, LibC.UdpLevel, LibC.UdpReceiveOffload, &on, sizeof(int)) == 0;
    }

    /// <summary>Sends datagrams like <see cref="Send"/>, in their order, in as few calls as can be.</summary>
    /// <param name="datagrams">The datagrams, back to back.</param>
    /// <param name="lengths">The length of each.</param>
    /// <param name="destination">Where they go; see <see cref="Send"/>.</param>
    /// <exception cref="ObjectDisposedException">The socket is disposed.</exception>
    internal void SendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths, SocketAddress destination)
    {
        while (!lengths.IsEmpty)
        {
            (int count, int bytes) = OperatingSystem.IsLinux() ? SendMessages(datagrams, lengths, destination) : (0, 0);
            if (count == 0)
            {
                (count, bytes) = SendOneByOne(datagrams, lengths, destination);
            }

            lengths = lengths[count..];
            datagrams = datagrams[bytes..];
        }
    }

    /// <returns>The datagrams and bytes that have been sent; none: the first message was refused.</returns>
    [SupportedOSPlatform("linux")]
    [SkipLocalsInit]
    private (int Count, int Bytes) SendMessages(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths, SocketAddress destination)
    {
        LibC.MultiMessageHeader* messages = stackalloc LibC.MultiMessageHeader[MessagesPerCall];
        LibC.IoVector* vectors = stackalloc LibC.IoVector[MessagesPerCall];
        byte* controls = stackalloc byte[MessagesPerCall * SendControlSize];
        LocalAddress local = (destination as PathAddress)?.Local ?? default;
        fixed (byte* bytes = datagrams)
        {
            fixed (byte* name = destination.Buffer.Span)
            {
                int messageCount = 0;
                int at = 0;
                for (ReadOnlySpan<int> left = lengths; !left.IsEmpty && messageCount < MessagesPerCall; messageCount++)
                {
                    int count = TrainLength(left, out int size);
                    byte* control = controls + (messageCount * SendControlSize);
                    nuint controlLength = local.IsNone ? 0 : WriteLocalAddress(control, local);
                    controlLength += count > 1 ? WriteSegmentSize(control + controlLength, left[0]) : 0;
                    vectors[messageCount] = new LibC.IoVector { Base = bytes + at, Length = (nuint)size };
                    messages[messageCount].Header = new LibC.MessageHeader
                    {
                        Name = name,
                        NameLength = (uint)destination.Size,
                        Vectors = vectors + messageCount,
                        VectorCount = 1,
                        Control = controlLength == 0 ? null : control,
                        ControlLength = controlLength,
                    };
                    at += size;
                    left = left[count..];
                }

                int sent = LibC.sendmmsg(_socket.SafeHandle, messages, (uint)messageCount, 0);
                return Sum(lengths, vectors, sent);
            }
        }
    }

    private static (int Count, int Bytes) Sum(ReadOnlySpan<int> lengths, LibC.IoVector* vectors, int messages)
    {
        int bytes = 0;
        for (int i = 0; i < messages; i++)
        {
            bytes += (int)vectors[i].Length;
        }

        int count = 0;
        for (int sum = 0; sum < bytes; count++)
        {
            sum += lengths[count];
        }

        return (count, bytes);
    }

    /// <summary>How many of the datagrams make one message: as many as have the first one's size, and a shorter one that ends the train.</summary>
    private int TrainLength(ReadOnlySpan<int> lengths, out int bytes)
    {
        bytes = lengths[0];
        int count = 1;
        if (!_sendsTrains)
        {
            return count;
        }

        while (count < lengths.Length && count < FifoBio.MaxBatch && lengths[count - 1] == lengths[0] && lengths[count] <= lengths[0] && bytes + lengths[count] <= FifoBio.MaxBatchBytes)
        {
            bytes += lengths[count++];
        }

        return count;
    }

    // What was refused together may pass one by one: the address that it should leave from is gone (see Send), the device can't cut, or the datagrams are too large for it; then Send counts them.
    private (int Count, int Bytes) SendOneByOne(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths, SocketAddress destination)
    {
        int error = OperatingSystem.IsLinux() ? Marshal.GetLastPInvokeError() : 0;
        int count = TrainLength(lengths, out int bytes);
        long errors = SendErrors;
        int at = 0;
        foreach (int length in lengths[..count])
        {
            Send(datagrams.Slice(at, length), destination);
            at += length;
        }

        if (count > 1 && error is LibC.InputOutputError or LibC.InvalidArgument or LibC.MessageTooLong && SendErrors == errors)
        {
            _sendsTrains = false;
        }

        return (count, bytes);
    }

    private static nuint WriteSegmentSize(byte* control, int size)
    {
        *(LibC.ControlHeader*)control = new LibC.ControlHeader { Length = (nuint)(sizeof(LibC.ControlHeader) + sizeof(ushort)), Level = LibC.UdpLevel, Type = LibC.UdpSegment };
        *(ushort*)(control + sizeof(LibC.ControlHeader)) = (ushort)size;
        return LibC.NumberControlSize;
    }
}
