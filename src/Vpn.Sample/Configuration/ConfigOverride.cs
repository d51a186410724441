namespace FifoVpn.Configuration;

/// <summary>A value that stands in for the file's.</summary>
/// <param name="Value">The text; empty means as though the key were not there.</param>
/// <param name="Origin">What errors call the place, as in environment FIFOVPN_LISTEN.</param>
internal sealed record ConfigOverride(string Value, string Origin);
