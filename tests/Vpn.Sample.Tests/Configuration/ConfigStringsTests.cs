using FifoVpn.Configuration;

namespace FifoVpn.Tests.Configuration;

/// <summary>Found by fuzzing: strings that JSON takes and .NET or the system does not, and pieces of the file in messages.</summary>
internal sealed class ConfigStringsTests
{
    [TestCase("""{ "name": "\ud800" }""")]
    [TestCase("""{ "name": "a\udc00\ud800" }""")]
    [TestCase("""{ "\ud800": 1 }""")]
    [TestCase("""{ "peers": [ { "name": "\udfff" } ] }""")]
    public void Half_a_character_is_refused(string text) =>
        Assert.That(() => Parse(text), Throws.TypeOf<ConfigException>().With.Message.StartsWith("node.json: ").And.Message.Contains("half a character"));

    [TestCase("""{ "certificate": "a\u0000.pem" }""")]
    [TestCase("""{ "a\u0000": 1 }""")]
    public void The_character_zero_is_refused(string text) =>
        Assert.That(() => Parse(text), Throws.TypeOf<ConfigException>().With.Message.EqualTo("node.json: the string \"a\\u0000\" has the character U+0000, which no value may have; remove it"));

    [TestCase("{ \"relay\": tr\"\\n\"ue,\n  \"mtu\": ,\n}\n")]
    [TestCase("{ \"a\\nb\": 1 }")]
    public void An_error_is_one_line(string text) =>
        Assert.That(() => Parse(text), Throws.TypeOf<ConfigException>().With.Message.Not.Matches("[\\x00-\\x1f\\x7f]").And.Message.StartsWith("node.json: "));

    private static NodeConfig Parse(string text) => NodeConfig.Parse(text, "node.json", TestContext.CurrentContext.TestDirectory);
}
