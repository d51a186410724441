using FifoVpn.Cli;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Cli;

internal sealed class CommandRunnerTests
{
    private static IEnumerable<TestCaseData> Failures()
    {
        yield return new TestCaseData(new ConfigException("why"), ExitCode.Configuration, "fifovpn: why\n").SetArgDisplayNames("configuration");
        yield return new TestCaseData(new PkiException("why"), ExitCode.Credentials, "fifovpn: why\n").SetArgDisplayNames("credentials");
        yield return new TestCaseData(new DeviceException(DeviceFailure.NameInUse, "why"), ExitCode.Device, "fifovpn: why\n").SetArgDisplayNames("device");
        yield return new TestCaseData(new ExitException(ExitCode.Network, "two\nlines"), ExitCode.Network, "fifovpn: two lines\n").SetArgDisplayNames("exit");
        yield return new TestCaseData(
            new InvalidOperationException("bug"),
            ExitCode.Internal,
            "fifovpn: internal error: InvalidOperationException: bug (set FIFOVPN_TRACE=1 to see where)\n").SetArgDisplayNames("internal");
    }

    [TestCaseSource(nameof(Failures))]
    public void A_failure_becomes_its_code_and_one_line(Exception exception, ExitCode code, string line)
    {
        StringWriter error = new() { NewLine = "\n" };

        Assert.That(CommandRunner.Run(() => throw exception, error), Is.EqualTo((int)code));
        Assert.That(error.ToString(), Is.EqualTo(line));
    }

    [Test]
    public void Success_is_silent()
    {
        StringWriter error = new();
        Assert.That(CommandRunner.Run(() => ExitCode.Success, error), Is.Zero);
        Assert.That(error.ToString(), Is.Empty);
    }

    [Test]
    public void Codes_are_the_documented_numbers() => Assert.That(
        Enum.GetValues<ExitCode>().Select(code => $"{(int)code} {code}"),
        Is.EqualTo(new[]
        {
            "0 Success", "1 Usage", "2 Configuration", "3 Credentials", "4 LibSslMissing", "5 Device", "6 Network", "7 DemoTrafficFailed", "8 NoAnswer", "9 HookFailed", "70 Internal",
        }));
}
