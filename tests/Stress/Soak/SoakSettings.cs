namespace FifoDtls.Stress;

/// <summary>What the command line of <c>soak</c> says.</summary>
/// <param name="Rate">Datagrams per second that each peer sends.</param>
/// <param name="Batch">How many of them it sends at a time.</param>
/// <param name="Lifetime">Of an association, in seconds.</param>
/// <param name="Death">Percent of the associations that end without a word.</param>
/// <param name="HandshakeClose">Percent of the handshakes that are closed before they are done.</param>
/// <param name="Cancel">Percent of the associations in which a wait is cancelled: of the handshake or of a Receive.</param>
/// <param name="SameAddress">Percent of the associations that begin at the address of the peer's last one.</param>
/// <param name="Offload">Whether the endpoints use the kernel's segmentation offloads.</param>
internal sealed record SoakSettings(
    int Peers, TimeSpan Duration, int Seed, NumberRange DatagramSize, double Rate, int Batch, NumberRange Lifetime, double Death, double HandshakeClose, double Cancel, double SameAddress,
    int Processes, bool Offload, ProxyFaults Faults)
{
    /// <summary>When the server gives a silent peer up: it must be longer than any pause that a peer makes.</summary>
    internal TimeSpan IdleTimeout => TimeSpan.FromSeconds(Math.Max(15, 30 * Batch / Rate));

    /// <summary>How often each peer sends, in times a second.</summary>
    internal double SendsPerSecond => Rate / Batch;
}
