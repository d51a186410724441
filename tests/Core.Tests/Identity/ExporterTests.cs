namespace FifoDtls.Tests;

/// <summary>Exported keying material (RFC 5705).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(60_000)]
internal sealed class ExporterTests
{
    private const string Label = "EXPERIMENTAL FifoDtls";

    private static byte[] Export(DtlsConnection connection, string label, byte[]? context, int length = 32)
    {
        byte[] material = new byte[length];
        if (context is null)
        {
            connection.ExportKeyingMaterial(label, material);
        }
        else
        {
            connection.ExportKeyingMaterial(label, context, material);
        }

        return material;
    }

    [Test]
    public void Both_sides_get_the_same()
    {
        using DtlsPair pair = DtlsPair.Established();
        foreach (byte[]? context in (byte[]?[])[null, [], [1, 2, 3], new byte[700]])
        {
            foreach (int length in (int[])[1, 32, 1000])
            {
                Assert.That(Export(pair.Client, Label, context, length), Is.EqualTo(Export(pair.Server, Label, context, length)));
            }
        }
    }

    [Test]
    public void The_longest_label_and_context_go_together()
    {
        using DtlsPair pair = DtlsPair.Established();
        string label = new('l', 255);
        Assert.That(Export(pair.Client, label, new byte[700]), Is.EqualTo(Export(pair.Server, label, new byte[700])));
    }

    [Test]
    public void Label_context_and_association_make_a_difference()
    {
        using DtlsPair pair = DtlsPair.Established();
        using DtlsPair other = DtlsPair.Established();
        byte[][] materials =
        [
            Export(pair.Client, Label, null), Export(pair.Client, Label, []), Export(pair.Client, Label, [0]),
            Export(pair.Client, Label + "2", null), Export(other.Client, Label, null),
        ];
        Assert.That(materials.Select(Convert.ToHexString).Distinct().Count(), Is.EqualTo(materials.Length));
    }

    [TestCase("client finished"), TestCase("server finished"), TestCase("master secret"), TestCase("extended master secret"), TestCase("key expansion"), TestCase("master secret 2")]
    public void The_protocols_own_labels_are_refused(string label)
    {
        using DtlsPair pair = DtlsPair.Established();
        Assert.That(() => Export(pair.Client, label, null), Throws.ArgumentException.With.Message.Contains($"\"{label}\"").And.Message.Contains("reserved"));
    }

    [TestCase(""), TestCase("ä"), TestCase("a\nb"), TestCase("a\0b")]
    public void A_label_that_is_not_printable_ASCII_is_refused(string label)
    {
        using DtlsPair pair = DtlsPair.Established();
        Assert.That(() => Export(pair.Client, label, null), Throws.ArgumentException.With.Message.Contains("printable ASCII"));
    }

    [Test]
    public void What_is_too_long_or_empty_is_refused()
    {
        using DtlsPair pair = DtlsPair.Established();
        Assert.That(() => Export(pair.Client, new string('l', 256), null), Throws.ArgumentException.With.Message.Contains("1 to 255"));
        Assert.That(() => Export(pair.Client, Label, new byte[701]), Throws.ArgumentException.With.Message.Contains("701"));
        Assert.That(() => Export(pair.Client, Label, null, 0), Throws.ArgumentException.With.Message.Contains("at least one byte"));
        Assert.That(() => Export(pair.Client, null!, null), Throws.ArgumentNullException);
    }

    [Test]
    public void Only_an_established_association_exports()
    {
        using DtlsPair pair = new();
        Assert.That(() => Export(pair.Client, Label, null), Throws.InvalidOperationException.With.Message.Contains("New"));
        pair.Handshake();
        pair.Client.Close();
        Assert.That(() => Export(pair.Client, Label, null), Throws.InvalidOperationException.With.Message.Contains("ClosedLocally"));
        pair.Client.Dispose();
        Assert.That(() => Export(pair.Client, Label, null), Throws.InstanceOf<ObjectDisposedException>());
    }
}
