namespace FifoDtls;

/// <summary>Sends one datagram to the peer that it was made for. Called by whichever thread sends, many at once; must not keep the span.</summary>
/// <param name="datagram">The datagram.</param>
public delegate void DatagramSender(ReadOnlySpan<byte> datagram);
