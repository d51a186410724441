using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Stress;

/// <summary>Linux's epoll(7), level-triggered, for reading: one thread waits for thousands of sockets. A socket that is closed is no longer waited for.</summary>
internal sealed partial class Epoll : IDisposable
{
    private const int AddToSet = 1;
    private const int CloseOnExec = 0x80000;
    private const int Readable = 1;
    private const int InterruptedCall = 4;
    private const int MaxEvents = 128;

    // struct epoll_event is packed on x86 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;

    private readonly SafeFileHandle _set;
    private readonly byte[] _events = new byte[MaxEvents * 16];

    internal Epoll()
    {
        _set = Create(CloseOnExec);
        if (_set.IsInvalid)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for the socket too; <paramref name="tag"/> is what <see cref="Tag"/> gives when it can be read. From any thread.</summary>
    internal void Add(Socket socket, ulong tag)
    {
        Span<byte> entry = stackalloc byte[16];
        entry.Clear();
        entry[0] = Readable;
        BinaryPrimitives.WriteUInt64LittleEndian(entry[(EventSize - 8)..], tag);
        if (Control(_set, AddToSet, socket.SafeHandle, ref entry[0]) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for sockets that can be read; how many there are.</summary>
    internal int Wait(int milliseconds)
    {
        int count = Wait(_set, ref _events[0], MaxEvents, milliseconds);
        if (count < 0 && Marshal.GetLastPInvokeError() is var error && error != InterruptedCall)
        {
            throw new Win32Exception(error);
        }

        return Math.Max(0, count);
    }

    /// <summary>The tag of a socket that the last <see cref="Wait(int)"/> found.</summary>
    internal ulong Tag(int index) => BinaryPrimitives.ReadUInt64LittleEndian(_events.AsSpan((index * EventSize) + EventSize - 8));

    public void Dispose() => _set.Dispose();

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle set, int operation, SafeSocketHandle socket, ref byte entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(SafeFileHandle set, ref byte events, int maxEvents, int milliseconds);
}
