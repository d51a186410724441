using System.Diagnostics;
using System.Globalization;

namespace FifoDtls.Stress;

/// <summary>What this process holds at one moment, read from /proc: Linux only.</summary>
/// <param name="Seconds">Since the first sample of the run.</param>
/// <param name="Threads">Threads but for the runtime's own, which come and go as it likes.</param>
/// <param name="Descriptors">Open file descriptors but for those of assemblies, which the runtime loads when it first needs them and keeps.</param>
/// <param name="Resident">Resident memory, in bytes.</param>
/// <param name="Managed">The managed heap with its garbage, in bytes.</param>
/// <param name="Committed">What the collector has of the system, for the managed heap and its reserve, as of its last run, in bytes.</param>
/// <param name="Native">The native heap in use, in bytes: see <see cref="NativeHeap"/>.</param>
internal sealed record ProcessSample(double Seconds, int Threads, int Descriptors, long Resident, long Managed, long Committed, long Native)
{
    internal static ProcessSample Take(long start) => new(
        Stopwatch.GetElapsedTime(start).TotalSeconds, CountThreads(), CountDescriptors(), ResidentBytes(), GC.GetTotalMemory(forceFullCollection: false),
        GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes, NativeHeap.InUse());

    private static int CountDescriptors()
    {
        int count = 0;
        foreach (string descriptor in Directory.GetFiles("/proc/self/fd"))
        {
            try
            {
                count += File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name.EndsWith(".dll", StringComparison.Ordinal) == true ? 0 : 1;
            }
            catch (FileNotFoundException)
            {
                // Closed since the directory was read.
            }
        }

        return count;
    }

    private static int CountThreads()
    {
        int count = 0;
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                count += File.ReadAllText(task + "/comm").StartsWith(".NET ", StringComparison.Ordinal) ? 0 : 1;
            }
            catch (IOException)
            {
                // It has ended since the directory was read, so it is none of the threads that there are.
            }
        }

        return count;
    }

    private static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) << 10;
    }
}
