namespace FifoDtls.Tests;

/// <summary>A way through the life of an association, or of what it needs, from its making to its end.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="IsAlone">It starts no threads and waits for nothing.</param>
/// <param name="Run">Goes it once.</param>
internal sealed record NativePath(string Name, bool IsAlone, Action Run)
{
    public override string ToString() => Name;
}
