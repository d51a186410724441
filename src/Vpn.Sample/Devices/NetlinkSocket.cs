using System.Runtime.InteropServices;
using System.Text;
using FifoVpn.Interop;

namespace FifoVpn.Devices;

/// <summary>A rtnetlink socket that sends one request at a time and waits for its acknowledgement. Not thread-safe.</summary>
internal sealed class NetlinkSocket : IDisposable
{
    private const ushort TypeError = 2;
    private const ushort FlagErrorAttributes = 0x200;
    private const ushort AttributeMessage = 1;

    private readonly SafeFileDescriptor _socket = Libc.OpenRouteSocket();
    private readonly byte[] _buffer = new byte[8192];
    private uint _sequence;

    public NetlinkSocket()
    {
        if (_socket.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new DeviceException(DeviceFailure.NotAvailable, $"cannot open a netlink socket: {Errno.Describe(errno)}");
        }
    }

    /// <summary>
    /// Sends and waits. Returns 0 or the error number that the kernel answered; then <paramref name="explanation"/> is its text.
    /// </summary>
    public int Execute(NetlinkRequest request, out string explanation)
    {
        uint sequence = ++_sequence;
        if (Libc.Write(_socket, request.Finish(sequence)) < 0)
        {
            return Failed(out explanation);
        }

        while (true)
        {
            nint received = Libc.Read(_socket, _buffer);
            if (received < 0)
            {
                if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                {
                    continue;
                }

                return Failed(out explanation);
            }

            ReadOnlySpan<byte> answer = _buffer.AsSpan(0, (int)received);
            if (TryReadAcknowledgement(answer, sequence, out int errno, out explanation))
            {
                return errno;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Layout: nlmsghdr, negative error number, the request's nlmsghdr, attributes.</summary>
    internal static bool TryReadAcknowledgement(ReadOnlySpan<byte> answer, uint sequence, out int errno, out string explanation)
    {
        const int minimum = NetlinkRequest.HeaderLength + sizeof(int) + NetlinkRequest.HeaderLength;
        errno = 0;
        explanation = "";
        if (answer.Length < minimum
            || MemoryMarshal.Read<ushort>(answer[4..]) != TypeError
            || MemoryMarshal.Read<uint>(answer[8..]) != sequence)
        {
            return false;
        }

        errno = -MemoryMarshal.Read<int>(answer[NetlinkRequest.HeaderLength..]);
        if (errno == 0)
        {
            return true;
        }

        bool hasAttributes = (MemoryMarshal.Read<ushort>(answer[6..]) & FlagErrorAttributes) != 0;
        string? text = hasAttributes ? FindMessage(answer[minimum..]) : null;
        explanation = text is null ? Errno.Describe(errno) : $"{Errno.Describe(errno)}: {text}";
        return true;
    }

    private static string? FindMessage(ReadOnlySpan<byte> attributes)
    {
        while (attributes.Length >= 4)
        {
            int length = MemoryMarshal.Read<ushort>(attributes);
            if (length < 4 || length > attributes.Length)
            {
                return null;
            }

            if (MemoryMarshal.Read<ushort>(attributes[2..]) == AttributeMessage)
            {
                return Encoding.UTF8.GetString(attributes[4..length]).TrimEnd('\0');
            }

            attributes = attributes[Math.Min(attributes.Length, (length + 3) / 4 * 4)..];
        }

        return null;
    }

    private static int Failed(out string explanation)
    {
        int errno = Marshal.GetLastPInvokeError();
        explanation = Errno.Describe(errno);
        return errno;
    }
}
