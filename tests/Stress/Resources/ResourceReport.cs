namespace FifoDtls.Stress;

/// <summary>What a process held over a run; memory in bytes.</summary>
internal sealed record ResourceReport(
    ResourceSeries Threads, ResourceSeries Descriptors, ResourceSeries Resident, ResourceSeries Managed, ResourceSeries Committed, ResourceSeries Native, int Samples)
{
    /// <summary>Whether threads or descriptors are left that were not there at the baseline.</summary>
    public bool Leaks => Threads.End > Threads.Start || Descriptors.End > Descriptors.Start;
}
