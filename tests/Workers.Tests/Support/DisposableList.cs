namespace FifoDtls.Tests;

/// <summary>Things that are disposed together.</summary>
internal sealed class DisposableList<T> : List<T>, IDisposable
    where T : IDisposable
{
    internal DisposableList(int count, Func<T> create)
    {
        for (int i = 0; i < count; i++)
        {
            Add(create());
        }
    }

    public void Dispose() => ForEach(item => item.Dispose());
}
