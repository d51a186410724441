using FifoVpn.Control;

namespace FifoVpn.Rendezvous;

/// <summary>What a rendezvous server has said of another node, and which server it was.</summary>
internal sealed record Introduction(RendezvousClient Via, IntroductionMessage Message);
