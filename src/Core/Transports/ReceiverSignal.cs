using System.Runtime.CompilerServices;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// How threads, of which there is usually one, wait until others have something for them. Who is about to wait announces it, looks a last time, and waits; whoever has brought something wakes
/// all that wait, and only the first of them pays for that. On Linux a futex, else a monitor: waking a thread by a monitor took 12 to 60 µs on a loaded machine, by a futex 3. Never the thread pool.
/// </summary>
internal sealed unsafe class ReceiverSignal
{
    private const int Awake = 0;
    private const int Waiting = 1;

    private readonly int[] _state = GC.AllocateArray<int>(1, pinned: true); // the kernel has its address
    private readonly object? _monitor;

    internal ReceiverSignal(bool useFutex)
    {
        _monitor = useFutex && Futex.IsSupported ? null : new object();
    }

    private ref int State => ref _state[0];

    /// <summary>To be called before the last look and <see cref="Wait"/>. A full fence: either that look sees what was brought, or who has brought it sees that somebody waits.</summary>
    internal void Announce() => Interlocked.Exchange(ref State, Waiting);

    /// <summary>Waits until it is woken, unless it has been since <see cref="Announce"/>. May return early for no reason.</summary>
    internal void Wait(int milliseconds)
    {
        if (_monitor is null)
        {
            Futex.Wait((int*)Unsafe.AsPointer(ref State), Waiting, milliseconds);
            return;
        }

        lock (_monitor)
        {
            if (Volatile.Read(ref State) == Waiting)
            {
                Monitor.Wait(_monitor, milliseconds);
            }
        }
    }

    /// <summary>Wakes whoever waits, or is about to. Nobody takes an announcement back: another may wait by it.</summary>
    internal void Wake()
    {
        Interlocked.MemoryBarrier(); // see Announce
        if (Volatile.Read(ref State) == Awake || Interlocked.Exchange(ref State, Awake) == Awake)
        {
            return;
        }

        if (_monitor is null)
        {
            Futex.Wake((int*)Unsafe.AsPointer(ref State));
            return;
        }

        lock (_monitor)
        {
            Monitor.PulseAll(_monitor);
        }
    }
}
