using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests.Docs;

[NonParallelizable] // the examples use a fixed port, the current folder and the console
public sealed class ReadmeTests
{
    [TestCase("EchoServer")]
    [TestCase("EchoClient")]
    public void Example_in_the_README_is_the_one_that_compiles(string name)
    {
        string readme = File.ReadAllText(Path.Combine(ThisFolder(), "../../../README.md"));
        string source = File.ReadAllText(Path.Combine(ThisFolder(), "ReadmeExamples.cs"));

        string shown = Regex.Match(readme, $"<!-- example: {name} -->\\s*```csharp\\n(?<code>.*?)```", RegexOptions.Singleline).Groups["code"].Value;
        string compiled = Regex.Match(source, $"// begin {name}\\n(?<code>.*?) *// end", RegexOptions.Singleline).Groups["code"].Value;

        Assert.That(shown, Is.Not.Empty);
        Assert.That(shown, Is.EqualTo(Regex.Replace(compiled, "^ {8}", "", RegexOptions.Multiline)));
    }

    [Test]
    public void Echo_server_and_client_of_the_README_work_together()
    {
        using var folder = new TempDirectory();
        PemFiles pem = TestPki.WritePem(folder, "server", TestPki.Server);
        File.Move(pem.CertificatePath, folder.PathOf("server.pem"), overwrite: true);
        File.Move(pem.KeyPath, folder.PathOf("server.key"), overwrite: true);
        TestPki.WriteCertificates(folder, "ca.pem", TestPki.Ca);
        string before = Environment.CurrentDirectory;
        TextReader input = Console.In;
        TextWriter output = Console.Out;
        using var enter = new EnterKey();
        using var printed = new StringWriter();
        try
        {
            Environment.CurrentDirectory = folder.FullPath;
            Console.SetIn(enter);
            Console.SetOut(printed);
            BlockingThread server = BlockingThread.Start("README server", ReadmeExamples.EchoServer);
            Eventually.True(() => enter.WasAsked || !server.IsAlive, TimeSpan.FromSeconds(30), "the server did not start");
            Assert.That(server.Exception, Is.Null);
            BlockingThread.Start("README client", ReadmeExamples.EchoClient).Join(TimeSpan.FromSeconds(60));
            enter.Press();
            server.Join(TimeSpan.FromSeconds(30));
        }
        finally
        {
            enter.Press();
            Environment.CurrentDirectory = before;
            Console.SetIn(input);
            Console.SetOut(output);
        }

        Assert.That(printed.ToString().TrimEnd(), Is.EqualTo("hello"));
    }

    private static string ThisFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    /// <summary>A console input whose line comes when the test presses the key.</summary>
    private sealed class EnterKey : TextReader
    {
        private readonly ManualResetEventSlim _asked = new();
        private readonly ManualResetEventSlim _pressed = new();

        public bool WasAsked => _asked.IsSet;

        public void Press() => _pressed.Set();

        public override string? ReadLine()
        {
            _asked.Set();
            _pressed.Wait(TimeSpan.FromMinutes(2));
            return "";
        }
    }
}
