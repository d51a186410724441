using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

// The handshake's retransmissions: when libssl repeats a flight, how often it has, and in which size of datagrams.
internal sealed unsafe partial class FifoBio
{
    // libssl fails the handshake instead of repeating a flight once more (DTLS1_TMO_ALERT_COUNT).
    private const int MaxRepetitions = 12;

    // After how many repetitions without an answer a flight is sent in smaller datagrams (RFC 6347 §4.1.1.1), and which: the smallest MTU of IPv6
    // (RFC 8200 §5) with room for the headers of tunnels, then what every path of IPv4 carries.
    private const int RepetitionsPerSize = 2;
    private const int TunnelMtu = 1_200;

    private int _repetitions;
    private int _largestOfFlight;

    internal HandshakeTimers Timers { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    /// <summary>Whether libssl has given the handshake up for want of an answer.</summary>
    internal bool GaveUp { get; private set; }

    private void NoteFlightSize(int size)
    {
        if (!Established)
        {
            _largestOfFlight = Math.Max(_largestOfFlight, size);
        }
    }

    /// <summary>
    /// libssl's timer callback (DTLS_set_timer_cb(3)): asks with 0 for the first wait of a flight, and with the last wait, once it is over, for the next one; then it repeats the flight.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static uint OnTimer(nint ssl, uint microseconds)
    {
        nint bio = LibSsl.SSL_get_rbio(ssl);
        return bio == 0 || From(bio) is not { } self ? (microseconds == 0 ? 1_000_000 : microseconds) : self.NextWait(ssl, microseconds);
    }

    private uint NextWait(nint ssl, uint microseconds)
    {
        if (microseconds == 0)
        {
            _repetitions = 0;
            _largestOfFlight = 0;
            return Timers.Initial;
        }

        if (_repetitions == MaxRepetitions)
        {
            GaveUp = true;
            return microseconds;
        }

        _repetitions++;
        Counters.CountRetransmission();
        if (_repetitions % RepetitionsPerSize == 0)
        {
            LowerMtu(ssl);
        }

        return Timers.After(microseconds);
    }

    // Only of a flight that was too large, if size was the cause: a small one is lost for other reasons, as when the peer is not there yet.
    private void LowerMtu(nint ssl)
    {
        int lower = _largestOfFlight > TunnelMtu ? TunnelMtu : FallbackMtu;
        if (_largestOfFlight > lower && LibSsl.SSL_ctrl(ssl, LibSsl.CtrlSetMtu, new CLong(lower), (void*)null).Value == lower)
        {
            Mtu = lower;
            _largestOfFlight = 0;
        }
    }
}
