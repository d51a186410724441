namespace FifoDtls.Tests;

/// <summary>What this process holds of the system, as the kernel tells it.</summary>
internal static class ProcessState
{
    /// <summary>Threads of endpoints: readers and workers.</summary>
    internal static int EndpointThreads => Directory.EnumerateDirectories("/proc/self/task").Count(IsEndpointThread);

    /// <summary>Open sockets.</summary>
    internal static int Sockets => Directory.EnumerateFiles("/proc/self/fd").Count(IsSocket);

    private static bool IsEndpointThread(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("dtls", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // ended while we looked
        }
    }

    private static bool IsSocket(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // closed while we looked
        }
    }
}
