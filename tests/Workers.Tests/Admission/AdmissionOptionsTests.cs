namespace FifoDtls.Tests;

public sealed class AdmissionOptionsTests
{
    private static readonly TestCaseData[] OutOfRange =
    [
        Case(nameof(DtlsEndpointOptions.MaxHelloVerifyRequestsPerSecond), new() { MaxHelloVerifyRequestsPerSecond = 0, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHelloVerifyRequestsPerSecond), new() { MaxHelloVerifyRequestsPerSecond = 10_000_001, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHandshakesPerSecond), new() { MaxHandshakesPerSecond = 0, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHandshakesPerSecond), new() { MaxHandshakesPerSecond = 10_000_001, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHelloReassemblies), new() { MaxHelloReassemblies = -1, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.MaxHelloReassemblies), new() { MaxHelloReassemblies = 1_025, ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.CookieKey), new() { CookieKey = new byte[31], ClientContext = TestContexts.Client }),
        Case(nameof(DtlsEndpointOptions.CookieKey), new() { CookieKey = new byte[1], ClientContext = TestContexts.Client }),
    ];

    [TestCaseSource(nameof(OutOfRange))]
    public void An_option_out_of_its_range_is_refused_by_name(string option, DtlsEndpointOptions options) =>
        Assert.That(() => new DtlsEndpoint(options), Throws.InstanceOf<ArgumentException>()
            .With.Message.Contains(option).And.Property(nameof(ArgumentException.ParamName)).EqualTo(option));

    [Test]
    public void The_limits_of_the_ranges_are_allowed()
    {
        using DtlsEndpoint endpoint = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ClientContext = TestContexts.Client,
            MaxHelloVerifyRequestsPerSecond = 1,
            MaxHandshakesPerSecond = 10_000_000,
            MaxHelloReassemblies = 0,
            CookieKey = new byte[32],
        });
        Assert.That(endpoint.LocalEndPoint.Port, Is.Positive);
    }

    private static TestCaseData Case(string option, DtlsEndpointOptions options) => new TestCaseData(option, options).SetArgDisplayNames(option);
}
