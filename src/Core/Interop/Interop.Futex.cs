using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>Linux's futex(2), which has no function of its own in libc: waiting for a number in memory to change.</summary>
internal static unsafe partial class Futex
{
    private const int WaitPrivate = 0 | 128; // FUTEX_WAIT | FUTEX_PRIVATE_FLAG
    private const int WakePrivate = 1 | 128; // FUTEX_WAKE | FUTEX_PRIVATE_FLAG

    // __NR_futex; 32-bit systems are left out, where the time has another form.
    private static readonly nint Number = OperatingSystem.IsLinux()
        ? RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 202,
            Architecture.Arm64 or Architecture.LoongArch64 or Architecture.RiscV64 => 98,
            Architecture.S390x => 238,
            Architecture.Ppc64le => 221,
            _ => 0,
        }
        : 0;

    /// <summary>Whether this system has futexes that can be called here.</summary>
    internal static bool IsSupported => Number != 0;

    /// <summary>Waits while the number is as expected. May return early for no reason.</summary>
    /// <param name="word">The number; must not move.</param>
    /// <param name="expected">What it must be for the wait to begin.</param>
    /// <param name="milliseconds">How long at most; <see cref="Timeout.Infinite"/> waits for ever.</param>
    internal static void Wait(int* word, int expected, int milliseconds)
    {
        var time = new TimeSpec { Seconds = milliseconds / 1000, Nanoseconds = milliseconds % 1000 * 1_000_000 };
        _ = syscall(Number, word, WaitPrivate, expected, milliseconds == Timeout.Infinite ? null : &time, 0, 0); // whatever ended it, the caller looks again
    }

    /// <summary>Wakes all threads that wait.</summary>
    internal static void Wake(int* word) => _ = syscall(Number, word, WakePrivate, int.MaxValue, null, 0, 0);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, int* word, nint operation, nint value, TimeSpec* timeout, nint word2, nint value3);

    /// <summary><c>struct timespec</c> of 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
