using FifoVpn.Devices;

namespace FifoVpn.Node;

/// <summary>
/// Takes what the host sends from the device, and sends it on together as long as there is more. Its own thread does that; but who has just written a lone packet to the device looks for the
/// answer at once, which the host often has by then: it is on its way while the reader's thread would still be waking.
/// </summary>
internal sealed class DeviceReader : IDisposable
{
    // What was collected for a peer must not wait behind any number of packets that go nowhere.
    private const int ReadsPerFlush = 256;

    private readonly IPacketDevice _device;
    private readonly PacketForwarder _forward;
    private readonly Action<DeviceException> _failed;
    private readonly Thread _thread;
    private readonly Lock _reading = new(); // guards what follows, and keeps the packets in order: whoever reads sends before another reads
    private readonly byte[] _buffer;
    private readonly OutgoingPackets _outgoing = new();
    private long _lastLook; // for an answer

    /// <param name="forward">Sends a packet on; does not wait. Called by one thread at a time.</param>
    /// <param name="failed">Told once, on the reader's thread, that the device has failed for good.</param>
    public DeviceReader(IPacketDevice device, PacketForwarder forward, Action<DeviceException> failed)
    {
        _device = device;
        _forward = forward;
        _failed = failed;
        _buffer = new byte[device.ReadBufferSize];
        _thread = new Thread(Run) { IsBackground = true, Name = "vpn-device" };
    }

    public delegate void PacketForwarder(Span<byte> packet, in DevicePacket kind, OutgoingPackets outgoing);

    public bool IsAlive => _thread.IsAlive;

    public void Start() => _thread.Start();

    /// <summary>Waits for the end of the thread, which the device's disposal brings.</summary>
    public bool Join(TimeSpan limit) => !_thread.IsAlive || _thread.Join(limit);

    /// <summary>
    /// Takes one packet if there is one and nobody else is reading. At most once in each tick of the clock, which is some milliseconds: where packets come faster, the reader's thread does
    /// better, beside the calling one. For any thread; never waits.
    /// </summary>
    public void TakeAnswer()
    {
        long now = Environment.TickCount64;
        if (Interlocked.Exchange(ref _lastLook, now) == now || !_reading.TryEnter())
        {
            return;
        }

        try
        {
            Take(1);
        }
        catch (DeviceException)
        {
            // The reader's thread meets the same, and tells it.
        }
        finally
        {
            _reading.Exit();
        }
    }

    /// <summary>When nobody reads any more.</summary>
    public void Dispose() => _outgoing.Dispose();

    private void Run()
    {
        try
        {
            while (_device.Wait())
            {
                lock (_reading)
                {
                    Take(ReadsPerFlush);
                }
            }
        }
        catch (DeviceException exception)
        {
            _failed(exception);
        }
    }

    private void Take(int limit)
    {
        for (int reads = 0; reads < limit && _device.TryRead(_buffer, out DevicePacket packet); reads++)
        {
            _forward(_buffer.AsSpan(0, packet.Length), packet, _outgoing);
        }

        _outgoing.Flush();
    }
}
