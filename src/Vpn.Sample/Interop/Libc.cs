using System.Runtime.InteropServices;

namespace FifoVpn.Interop;

/// <summary>
/// File descriptors: open, read, write, wait. Results below zero mean an error, whose number is <see
/// cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static partial class Libc
{
    public const int ReadWrite = 2;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    private const string Library = "libc";
    private const short PollIn = 1;

    public static SafeFileDescriptor Open(string path, int flags) => new(OpenDescriptor(path, flags));

    public static SafeFileDescriptor EventFd(int flags) => new(EventFdDescriptor(0, flags));

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    public static nint Read(SafeFileDescriptor descriptor, Span<byte> buffer) =>
        Read(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);

    public static nint Write(SafeFileDescriptor descriptor, ReadOnlySpan<byte> data) =>
        Write(descriptor, ref MemoryMarshal.GetReference(data), (nuint)data.Length);

    /// <summary>
    /// Waits without limit until one of the two can be read or has failed; false with an error number if the wait itself failed.
    /// </summary>
    public static unsafe bool WaitReadable(SafeFileDescriptor first, SafeFileDescriptor second)
    {
        bool firstHeld = false;
        bool secondHeld = false;
        try
        {
            first.DangerousAddRef(ref firstHeld);
            second.DangerousAddRef(ref secondHeld);
            PollEntry* entries = stackalloc PollEntry[2];
            entries[0] = new PollEntry { Descriptor = (int)first.DangerousGetHandle(), Events = PollIn };
            entries[1] = new PollEntry { Descriptor = (int)second.DangerousGetHandle(), Events = PollIn };
            return Poll(entries, 2, -1) >= 0;
        }
        finally
        {
            if (firstHeld)
            {
                first.DangerousRelease();
            }

            if (secondHeld)
            {
                second.DangerousRelease();
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFdDescriptor(uint initialValue, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileDescriptor descriptor, ref byte buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileDescriptor descriptor, ref readonly byte data, nuint length);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    /// <summary>struct pollfd; its last field, what happened, is not looked at: the next read tells.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
    }
}
