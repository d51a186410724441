using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls.Tests;

/// <summary>A native FIFO BIO and what is behind it, called as libssl calls it.</summary>
internal sealed unsafe class NativeBio : IDisposable
{
    internal NativeBio(IDatagramTransport? transport = null, int mtu = 1400)
    {
        Libraries.EnsureLoaded();
        Fifo = new FifoTransport(datagram => Sent.Add(datagram.ToArray()), new FifoTransportOptions { MaxDatagramSize = mtu });
        Managed = new FifoBio(transport ?? Fifo, mtu);
        Handle = Managed.CreateNative();
        Managed.BeginCall();
    }

    internal FifoTransport Fifo { get; }

    internal FifoBio Managed { get; }

    internal SafeBioHandle Handle { get; }

    internal List<byte[]> Sent { get; } = [];

    /// <summary>Whether the last read asked to be repeated, and says that it was a read (BIO_should_retry, BIO_should_read).</summary>
    internal bool ShouldRetryRead =>
        LibCrypto.BIO_test_flags(Handle, LibCrypto.BioFlagRetryMask) == (LibCrypto.BioFlagRead | LibCrypto.BioFlagShouldRetry);

    internal bool ShouldRetry => LibCrypto.BIO_test_flags(Handle, LibCrypto.BioFlagRetryMask) != 0;

    internal long Control(int command, long number = 0) => LibCrypto.BIO_ctrl(Handle, command, new CLong((nint)number), null).Value;

    internal long Control<T>(int command, ref T value)
        where T : unmanaged
    {
        fixed (T* pointer = &value)
        {
            return LibCrypto.BIO_ctrl(Handle, command, default, pointer).Value;
        }
    }

    internal long Control(int command, SafeHandle pointer) => LibCrypto.BIO_ctrl(Handle, command, default, (void*)pointer.DangerousGetHandle()).Value;

    internal int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return LibCrypto.BIO_read(Handle, start, buffer.Length);
        }
    }

    internal int Write(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* start = datagram)
        {
            return LibCrypto.BIO_write(Handle, start, datagram.Length);
        }
    }

    public void Dispose()
    {
        Handle.Dispose();
        Fifo.Dispose();
    }
}
