namespace FifoDtls.Stress;

/// <summary>A datagram that is sent later.</summary>
internal sealed class HeldDatagram(ProxyDirection direction, byte[] datagram)
{
    internal ProxyDirection Direction => direction;

    internal byte[] Datagram => datagram;

    internal bool Sent { get; set; }
}
