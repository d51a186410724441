using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FifoDtls.Tests.Docs;

/// <summary>
/// The C# examples of a document: each stands behind a line <c>&lt;!-- example: NAME --&gt;</c>, and is the text between <c>// begin NAME</c> and <c>// end</c> in a
/// file of this folder, less its indentation.
/// </summary>
internal static class DocExamples
{
    internal static void AssertCompiled(string document, int atLeast)
    {
        string text = Read("../../../" + document);
        string source = Read("ReadmeExamples.cs") + Read("LibraryExamples.cs");
        MatchCollection shown = Regex.Matches(text, "<!-- example: (?<name>\\w+) -->\\s*```csharp\\n(?<code>.*?)```", RegexOptions.Singleline);

        Assert.That(Regex.Count(text, "```(csharp|cs|c#)", RegexOptions.IgnoreCase), Is.EqualTo(shown.Count), "each example has a name");
        Assert.That(shown, Has.Count.GreaterThanOrEqualTo(atLeast));
        foreach (Match example in shown)
        {
            string name = example.Groups["name"].Value;
            Match compiled = Regex.Match(source, $"^(?<indent> *)// begin {name}\\n(?<code>.*?) *// end", RegexOptions.Singleline | RegexOptions.Multiline);
            string code = Regex.Replace(compiled.Groups["code"].Value, $"^{compiled.Groups["indent"].Value}", "", RegexOptions.Multiline);
            Assert.That(example.Groups["code"].Value, Is.EqualTo(code), $"{document}: {name}");
        }
    }

    internal static string Read(string path, [CallerFilePath] string file = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, path));
}
