namespace FifoDtls.Interop.Tests.Nat;

/// <summary>Each test has a mesh of its own, which goes with it.</summary>
internal abstract class MeshTestBase
{
    private protected Mesh _mesh = null!;

    [SetUp]
    public void MakeMesh()
    {
        Mesh.Require();
        _mesh = new Mesh();
    }

    [TearDown]
    public void EndMesh() => _mesh?.Dispose();
}
