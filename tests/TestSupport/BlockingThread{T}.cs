using System.Runtime.CompilerServices;

namespace FifoDtls.TestSupport;

/// <summary>A <see cref="BlockingThread"/> whose body has a result.</summary>
public sealed class BlockingThread<T> : BlockingThread
{
    private readonly StrongBox<T> _result;

    internal BlockingThread(string name, Func<T> body)
        : this(name, body, new StrongBox<T>())
    {
    }

    private BlockingThread(string name, Func<T> body, StrongBox<T> result)
        : base(name, () => result.Value = body()) => _result = result;

    /// <summary>Waits for the end like <see cref="BlockingThread.Join"/> and returns the result.</summary>
    public new T Join(TimeSpan limit)
    {
        base.Join(limit);
        return _result.Value!;
    }
}
