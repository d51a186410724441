using System.Text;
using System.Text.RegularExpressions;
using FifoVpn.Configuration;

namespace FifoDtls.Fuzz;

/// <summary>Configuration files of nodes and rendezvous servers. Only a <see cref="ConfigException"/> of one line that names the file may come out.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    private const string FileName = "fuzz.json";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "null", "true", "false", "0", "-1", "1e999", "1.5", "99999999999999999999", "\"\"", "{}", "[]", "\"a\"", "//", "/*", "*/", "\"\\ud800\"", "\"\\udc00\\ud800\"",
            "\"\\u0000\"", "\"\\n\"", "\\", "\"10.0.0.0/8\"", "\"::/0\"", "\"[::1]:0\"", "\"a:1\"", "\"é\"", "\"..\"", "\"0x10\"", "{\"name\":", "\"peers\":", "\"rendezvous\":", "\"listen\":", "\"1s\"", "\"-5ms\"",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private readonly List<byte[]> _corpus;
    private readonly string _folder = Directory.CreateTempSubdirectory("fifodtls-fuzz-").FullName; // the files that a configuration names must be there

    internal ConfigTarget()
    {
        _corpus = [.. ExampleFiles().Select(file => Encoding.UTF8.GetBytes(file))];
        foreach (Match file in _corpus.SelectMany(example => Regex.Matches(Encoding.UTF8.GetString(example), "\"(pki/[^\"]+)\"")))
        {
            string path = Path.Combine(_folder, file.Groups[1].Value);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // as a key's must be
            }
        }
    }

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override int MaxInput => 8_192;

    internal override void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        for (int changes = 1 + random.Below(4); changes > 0; changes--)
        {
            switch (random.Below(4))
            {
                case 0:
                    Mutator.Change(buffer, random, _corpus);
                    break;
                case 1:
                    buffer.Insert(random.Below(buffer.Length + 1), Tokens[random.Below(Tokens.Length)]);
                    break;
                case 2:
                    ReplaceValue(buffer, random);
                    break;
                default:
                    CopyLine(buffer, random);
                    break;
            }
        }
    }

    internal override void Check(ReadOnlySpan<byte> input)
    {
        string text;
        try
        {
            text = Strict.GetString(input);
        }
        catch (DecoderFallbackException)
        {
            Count("no UTF-8"); // refused when the file is read
            return;
        }

        Expect("nodes", () => NodeConfig.Parse(text, FileName, _folder));
        Expect("servers", () => RendezvousServerConfig.Parse(text, FileName, _folder));
    }

    public override void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Expect(string what, Action parse)
    {
        try
        {
            parse();
            Count(what);
        }
        catch (ConfigException exception)
        {
            Count("refused");
            Must.Hold(exception.Message.StartsWith(FileName, StringComparison.Ordinal), "an error names the file: " + exception.Message);
            Must.Hold(!exception.Message.Any(char.IsControl), "an error is one line: " + exception.Message);
        }
    }

    // A string or number, from its first character to the comma, becomes another value.
    private static void ReplaceValue(MutationBuffer buffer, FuzzRandom random)
    {
        int from = buffer.Bytes[random.Below(buffer.Length)..].IndexOf(": "u8);
        if (from < 0)
        {
            return;
        }

        int at = buffer.Bytes.IndexOf(": "u8);
        for (int skip = random.Below(20); skip > 0 && buffer.Bytes[(at + 1)..].IndexOf(": "u8) is >= 0 and int next; skip--)
        {
            at += 1 + next;
        }

        at += 2;
        int end = buffer.Bytes[at..].IndexOfAny(",\n}]"u8);
        buffer.Delete(at, Math.Max(end, 0));
        buffer.Insert(at, Tokens[random.Below(Tokens.Length)]);
    }

    private static void CopyLine(MutationBuffer buffer, FuzzRandom random)
    {
        int from = random.Below(buffer.Length);
        from += Math.Max(buffer.Bytes[from..].IndexOf((byte)'\n'), 0);
        int length = buffer.Bytes[Math.Min(from + 1, buffer.Length)..].IndexOf((byte)'\n') + 1;
        if (random.OneIn(2))
        {
            buffer.Insert(from, buffer.Bytes.Slice(from, Math.Max(length, 0)));
        }
        else
        {
            buffer.Delete(from, length);
        }
    }

    private static IEnumerable<string> ExampleFiles()
    {
        foreach (string name in typeof(NodeConfig).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(typeof(NodeConfig).Assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }
}
