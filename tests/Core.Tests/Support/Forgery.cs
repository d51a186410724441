namespace FifoDtls.Tests;

/// <summary>A kind of forged or corrupted datagrams, made for a position of a handshake.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Make">Makes the datagrams to put before the genuine one.</param>
internal sealed record Forgery(string Name, Func<ForgeryPosition, IEnumerable<byte[]>> Make)
{
    public override string ToString() => Name;
}
