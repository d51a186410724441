using FifoDtls.TestSupport;

namespace FifoDtls.Tests.Api;

public sealed class PublicApiTests
{
    [Test]
    public void Public_api_is_the_approved_one() => PublicApi.AssertApproved(typeof(DtlsConnection).Assembly);
}
