namespace FifoDtls.Fuzz;

/// <summary>The datagrams of one handshake, and of a few payloads after it.</summary>
internal sealed record CapturedHandshake(IReadOnlyList<byte[]> ToServer, IReadOnlyList<byte[]> ToClient);
