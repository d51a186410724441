namespace FifoDtls.Tests;

/// <summary>Session delegates.</summary>
internal static class Sessions
{
    /// <summary>Sends every payload back, until the association ends.</summary>
    internal static void Echo(DtlsPeer peer)
    {
        byte[] buffer = new byte[16_384];
        for (DtlsReceiveResult result = peer.Receive(buffer); result.HasData; result = peer.Receive(buffer))
        {
            peer.Send(buffer.AsSpan(0, result.Length));
        }
    }
}
