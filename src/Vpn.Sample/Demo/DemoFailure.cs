namespace FifoVpn.Demo;

/// <summary>Something that must cross the demo's network did not, or not intact. The message is one line.</summary>
internal sealed class DemoFailure(string message) : Exception(message);
