namespace FifoDtls.TestSupport;

/// <summary>Whether a thread waits on the futex of a FIFO's receiver, which the runtime knows nothing of.</summary>
public static class FutexWait
{
    // The number of the call depends on the architecture; the operation FUTEX_WAIT_PRIVATE for the value 1 is the FIFO's: the locks of libc and of the runtime wait for other values or by other operations.
    private const string Arguments = " 0x80 0x1 ";

    /// <summary>The calling thread's number in the system; 0 where there is no such call.</summary>
    public static int CurrentThread => OperatingSystem.IsLinux() ? Interop.Libc.CurrentThreadId() : 0;

    /// <summary>Whether the thread waits there now.</summary>
    public static bool Has(int thread)
    {
        try
        {
            return thread != 0 && File.ReadAllText($"/proc/self/task/{thread}/syscall").Contains(Arguments, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // the thread has ended
        }
    }
}
