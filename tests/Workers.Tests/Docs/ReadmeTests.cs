using FifoDtls.TestSupport;

namespace FifoDtls.Tests.Docs;

[NonParallelizable] // the examples use a fixed port, the current folder and the console
public sealed class ReadmeTests
{
    [Test]
    public void Examples_in_the_README_are_those_that_compile() => DocExamples.AssertCompiled("README.md", atLeast: 2);

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
