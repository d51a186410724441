using System.Collections.Concurrent;
using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>How often each action ended in which outcome. Any thread counts.</summary>
public sealed class RaceTally
{
    private readonly ConcurrentDictionary<string, int> _outcomes = [];

    public void Count(char action, string outcome) => _outcomes.AddOrUpdate($"{action} {outcome}", 1, (_, count) => count + 1);

    /// <summary>Into the test's output.</summary>
    public void Print() => TestContext.Out.WriteLine(string.Join(Environment.NewLine, _outcomes.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}")));
}
