namespace FifoDtls.TestSupport;

/// <summary>The names of the two ends of a veth pair, each in its own namespace.</summary>
public sealed record VethLink(string FirstInterface, string SecondInterface);
