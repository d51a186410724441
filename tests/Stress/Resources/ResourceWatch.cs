using System.Diagnostics;

namespace FifoDtls.Stress;

/// <summary>Samples what this process holds, on a thread of its own, from the baseline to the end of a run.</summary>
internal sealed class ResourceWatch
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastThreads = TimeSpan.FromSeconds(10); // a thread that has been joined is still in /proc for a moment

    private readonly TimeSpan _interval;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ProcessSample _baseline;
    private readonly List<ProcessSample> _samples = []; // the sampling thread's until it has been joined
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private volatile ProcessSample _latest;

    /// <summary>Takes the baseline and starts to sample.</summary>
    /// <param name="duration">Of the run: it gets some 300 samples at the most, as each reads a file of every thread and of every descriptor.</param>
    internal ResourceWatch(TimeSpan duration)
    {
        _interval = TimeSpan.FromTicks(Math.Max(ShortestInterval.Ticks, duration.Ticks / 300));
        _latest = _baseline = ProcessSample.Take(_start);
        _thread = new Thread(Sample) { IsBackground = true, Name = "samples" };
        _thread.Start();
    }

    internal ProcessSample Latest => _latest;

    /// <summary>No more samples: what follows is the end, which is none of the run.</summary>
    internal void Stop()
    {
        _stop.Cancel();
        _thread.Join();
    }

    /// <summary>The report, with the state of now as the end, once it is back at the baseline or had time enough to be.</summary>
    internal ResourceReport Finish()
    {
        long since = Stopwatch.GetTimestamp();
        ProcessSample end = ProcessSample.Take(_start);
        while ((end.Threads > _baseline.Threads || end.Descriptors > _baseline.Descriptors) && Stopwatch.GetElapsedTime(since) < LastThreads)
        {
            Thread.Sleep(50); // polls the kernel, which tells nobody when a thread is gone
            end = ProcessSample.Take(_start);
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // after the judgement on handles, which finalizers would flatter; memory is judged without garbage, to which dead threads belong, and without the collector's reserve
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProcessSample collected = ProcessSample.Take(_start);
        end = end with { Resident = collected.Resident, Managed = collected.Managed, Committed = collected.Committed, Native = collected.Native };
        return new ResourceReport(
            ResourceSeries.Of(_baseline, _samples, end, sample => sample.Threads),
            ResourceSeries.Of(_baseline, _samples, end, sample => sample.Descriptors),
            ResourceSeries.Of(_baseline, _samples, end, sample => sample.Resident),
            ResourceSeries.Of(_baseline, _samples, end, sample => sample.Managed),
            ResourceSeries.Of(_baseline, _samples, end, sample => sample.Committed),
            ResourceSeries.Of(_baseline, _samples, end, sample => sample.Native),
            _samples.Count);
    }

    private void Sample()
    {
        while (!_stop.Token.WaitHandle.WaitOne(_interval))
        {
            ProcessSample sample = ProcessSample.Take(_start);
            _samples.Add(sample);
            _latest = sample;
        }
    }
}
