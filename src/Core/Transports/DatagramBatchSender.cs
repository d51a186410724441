namespace FifoDtls;

/// <summary>Sends several datagrams to the peer that it was made for, in their order. Called by whichever thread sends, many at once; must not keep the spans.</summary>
/// <param name="datagrams">The datagrams, back to back.</param>
/// <param name="lengths">The length of each, in bytes; together the length of <paramref name="datagrams"/>.</param>
public delegate void DatagramBatchSender(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths);
