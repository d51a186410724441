using FifoDtls.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoDtls.Tests;

public sealed class WorkerThreadsTests
{
    private const int StackSize = 256 << 10;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Test, Watchdog(60)]
    public void A_finished_thread_is_used_again()
    {
        using WorkerThreads threads = Create(maxParked: 1);
        int first = Run(threads, () => Environment.CurrentManagedThreadId);
        for (int i = 0; i < 100; i++)
        {
            Eventually.Equal(1, () => threads.Count, Limit, "the number of threads");
            int id = Run(threads, () => Environment.CurrentManagedThreadId);

            // The thread may not have parked yet when the next work comes; then one more is started, and only one parks.
            if (id == first)
            {
                return;
            }

            first = id;
        }

        Assert.Fail("No thread was used twice.");
    }

    [Test, Watchdog(60)]
    public void No_more_threads_park_than_allowed([Values(0, 1, 3)] int maxParked)
    {
        using WorkerThreads threads = Create(maxParked);
        RunTogether(threads, 10);

        Eventually.Equal(maxParked, () => threads.Count, Limit, "the number of parked threads");
    }

    [Test, Watchdog(60)]
    public void A_parked_thread_ends_when_it_has_parked_long_enough()
    {
        using var threads = new WorkerThreads(StackSize, maxParked: 4, parkingTime: TimeSpan.FromMilliseconds(50), NullLogger.Instance);
        RunTogether(threads, 4);

        Eventually.Equal(0, () => threads.Count, Limit, "the number of threads");
    }

    /// <summary>Those that parked last are used, so the others' time runs out: a trickle of peers does not keep what a burst has left.</summary>
    [Test, Watchdog(60)]
    public void Threads_in_excess_end_while_work_keeps_coming()
    {
        using var threads = new WorkerThreads(StackSize, maxParked: 16, parkingTime: TimeSpan.FromMilliseconds(200), NullLogger.Instance);
        RunTogether(threads, 16);

        Deadline deadline = Deadline.After(Limit);
        while (threads.Count > 4 && !deadline.HasPassed)
        {
            Run(threads, () => 0);
        }

        Assert.That(threads.Count, Is.LessThanOrEqualTo(4));
    }

    /// <summary>It takes the allocator's locks, so not while most of them are at work, nor while threads end because there are more than may park: others will need the memory at once.</summary>
    [Test, Watchdog(60)]
    public void Free_memory_is_given_back_once_most_of_many_threads_are_gone_and_a_parked_ones_time_is_up()
    {
        int trims = 0;
        using var release = new ManualResetEventSlim();
        using var threads = new WorkerThreads(StackSize, maxParked: 2, parkingTime: TimeSpan.FromMilliseconds(200), NullLogger.Instance) { Trim = () => Interlocked.Increment(ref trims) };
        RunTogether(threads, 50);
        Eventually.Equal(0, () => threads.Count, Limit, "the threads");
        Assert.That(trims, Is.Zero, "50 are not many");

        const int busy = 130;
        for (int i = 0; i < busy; i++)
        {
            Assert.That(threads.TryRun(() => release.Wait(Limit)), Is.True);
        }

        RunTogether(threads, 70);
        Eventually.Equal(busy, () => threads.Count, Limit, "the threads at work");
        Assert.That(trims, Is.Zero, "most are at work");

        release.Set();
        Eventually.Equal(0, () => threads.Count, Limit, "the threads");
        Assert.That(trims, Is.InRange(1, 2), "twice if the time of a parked one is up while others are still on their way to their end");
    }

    [Test, Watchdog(60)]
    public void A_burst_runs_all_at_once_although_the_caller_starts_one_thread()
    {
        using WorkerThreads threads = Create(maxParked: 64);
        const int burst = 200;
        using var together = new CountdownEvent(burst);
        int ran = 0;
        for (int i = 0; i < burst; i++)
        {
            Assert.That(threads.TryRun(() =>
            {
                together.Signal();
                if (together.Wait(Limit)) // only when all of them are at work
                {
                    Interlocked.Increment(ref ran);
                }
            }), Is.True);
        }

        Eventually.Equal(burst, () => Volatile.Read(ref ran), Limit, "the number of works done together");
        Eventually.Equal(64, () => threads.Count, Limit, "the number of parked threads");
    }

    [Test, Watchdog(60)]
    public void Threads_have_a_name_and_the_stack_that_was_asked_for()
    {
        using WorkerThreads threads = Create(maxParked: 0);

        (string? name, bool background, nuint stack) = Run(threads, () => (Thread.CurrentThread.Name, Thread.CurrentThread.IsBackground, NativeThread.StackSize));

        Assert.That(name, Is.EqualTo("dtls-worker"));
        Assert.That(background, Is.True);
        Assert.That((int)stack, Is.InRange(StackSize, StackSize + (64 << 10)));
    }

    [Test, Watchdog(60)]
    public void After_disposal_no_work_is_taken_and_parked_threads_end()
    {
        WorkerThreads threads = Create(maxParked: 8);
        RunTogether(threads, 8);
        threads.Dispose();

        Assert.That(threads.TryRun(() => { }), Is.False);
        Assert.That(threads.WaitForEnd(Deadline.After(Limit)), Is.True);
        Assert.That(threads.Count, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void Waiting_for_the_end_has_a_limit_and_does_not_wait_for_the_caller()
    {
        WorkerThreads threads = Create(maxParked: 0);
        using var release = new ManualResetEventSlim();
        using var started = new CountdownEvent(1);
        threads.TryRun(() =>
        {
            started.Signal();
            release.Wait(Limit);
        });
        Assert.That(started.Wait(Limit), Is.True);
        threads.Dispose();

        Assert.That(threads.WaitForEnd(Deadline.After(TimeSpan.FromMilliseconds(20))), Is.False);
        release.Set();
        Assert.That(threads.WaitForEnd(Deadline.After(Limit)), Is.True);

        WorkerThreads own = Create(maxParked: 0);
        bool ended = Run(own, () =>
        {
            own.Dispose();
            return own.WaitForEnd(Deadline.After(Limit));
        });
        Assert.That(ended, Is.True);
    }

    [Test, Watchdog(60)]
    public void What_waits_for_a_thread_at_disposal_is_still_done()
    {
        for (int round = 0; round < 100; round++)
        {
            WorkerThreads threads = Create(maxParked: 1);
            int taken = 0;
            int done = 0;
            for (int i = 0; i < 5; i++)
            {
                taken += threads.TryRun(() => Interlocked.Increment(ref done)) ? 1 : 0;
            }

            threads.Dispose();
            Assert.That(threads.WaitForEnd(Deadline.After(Limit)), Is.True);
            Assert.That(done, Is.EqualTo(taken));
        }
    }

    [Test, Watchdog(60)]
    public void With_a_spare_the_caller_starts_no_thread_but_the_first()
    {
        const int works = 50;
        int startedByCaller = 0;
        int caller = Environment.CurrentManagedThreadId;
        using var release = new ManualResetEventSlim();
        using var threads = new WorkerThreads(StackSize, maxParked: 4, parkingTime: TimeSpan.FromMinutes(1), NullLogger.Instance)
        {
            KeepsSpare = true,
            Start = thread =>
            {
                startedByCaller += Environment.CurrentManagedThreadId == caller ? 1 : 0;
                thread.Start();
            },
        };
        for (int i = 0; i < works; i++)
        {
            using var begun = new ManualResetEventSlim();
            Assert.That(threads.TryRun(() =>
            {
                begun.Set();
                release.Wait(Limit);
            }), Is.True);
            Assert.That(begun.Wait(Limit), Is.True);
        }

        Assert.That(startedByCaller, Is.EqualTo(1));
        Eventually.Equal(works + 1, () => threads.Count, Limit, "the threads at work and the spare one");
        release.Set();
        Eventually.Equal(4, () => threads.Count, Limit, "the parked threads, the spare one among them");
    }

    private static WorkerThreads Create(int maxParked) => new(StackSize, maxParked, TimeSpan.FromMinutes(1), NullLogger.Instance);

    private static T Run<T>(WorkerThreads threads, Func<T> work)
    {
        T result = default!;
        using var done = new ManualResetEventSlim();
        Assert.That(threads.TryRun(() =>
        {
            result = work();
            done.Set();
        }), Is.True);
        Assert.That(done.Wait(Limit), Is.True);
        return result;
    }

    private static void RunTogether(WorkerThreads threads, int count)
    {
        using var together = new CountdownEvent(count);
        using var done = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            threads.TryRun(() =>
            {
                together.Signal();
                together.Wait(Limit);
                done.Signal();
            });
        }

        Assert.That(done.Wait(Limit), Is.True);
    }

    /// <summary>Work that waited for the next thread of a burst must not wait until a session ends.</summary>
    [Test, Watchdog(60)]
    public void Work_that_no_thread_can_be_started_for_is_refused()
    {
        using var release = new ManualResetEventSlim();
        using var refused = new ManualResetEventSlim();
        WorkerThreads? threads = null;
        int starts = 0;
        bool queued = false;
        using (threads = new WorkerThreads(StackSize, maxParked: 4, parkingTime: TimeSpan.FromMilliseconds(50), NullLogger.Instance)
        {
            Start = thread =>
            {
                if (++starts > 1)
                {
                    throw new OutOfMemoryException("no more threads");
                }

                queued = threads!.TryRun(() => { }, refused.Set); // comes while the first thread is being started, and waits for the second
                thread.Start();
            },
        })
        {
            Assert.That(threads.TryRun(() => release.Wait(TestEndpoints.Limit)), Is.True);
            bool told = refused.Wait(TestEndpoints.Limit);
            release.Set();

            Assert.That((queued, told, starts), Is.EqualTo((true, true, 2)));
        }
    }
}
