using FifoDtls.TestSupport;
using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Commands;

namespace FifoDtls.Tests;

/// <summary>Runs a test on a thread of its own and fails it when it has not ended within the limit, so that a call that never returns hangs nothing else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WatchdogAttribute(int seconds) : NUnitAttribute, IWrapTestMethod
{
    public TestCommand Wrap(TestCommand command) => new WatchedCommand(command, TimeSpan.FromSeconds(seconds));

    private sealed class WatchedCommand(TestCommand inner, TimeSpan limit) : DelegatingTestCommand(inner)
    {
        public override TestResult Execute(TestExecutionContext context) =>
            Watchdog.Run(limit, () => innerCommand.Execute(context), context.CurrentTest.Name);
    }
}
