using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoDtls.Fuzz;

/// <summary>
/// Certificates and revocation lists, in DER and PEM: what a peer shows and what stands in files. Nothing but "no" or a <see cref="PkiException"/> may come of bad ones, and no changed one
/// passes for signed.
/// </summary>
internal sealed class PkiTarget : FuzzTarget
{
    private const int ReadFileEvery = 16;

    private readonly List<byte[]> _corpus = [];
    private readonly List<byte[]> _signed = [];
    private readonly CertificateAuthority _ca = CertificateAuthority.Create();
    private readonly string _folder = Directory.CreateTempSubdirectory("fifodtls-fuzz-").FullName;
    private long _number;

    internal PkiTarget()
    {
        using NodeCertificate node = _ca.Issue(CertificateIdentity.Node(
            "alpha", [VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("fd88::1")], [IpPrefix.Parse("192.168.7.0/24"), IpPrefix.Parse("fd99::/64")]));
        using NodeCertificate meet = _ca.Issue(CertificateIdentity.Rendezvous("meet"));
        RevocationList first = _ca.CreateRevocationList(null, "0123456789ABCDEF", X509RevocationReason.KeyCompromise);
        RevocationList second = _ca.CreateRevocationList(first, "00FEDCBA98", X509RevocationReason.Superseded);
        foreach (byte[] der in new[] { node.Certificate.RawData, meet.Certificate.RawData, _ca.Certificate.RawData, second.Der, first.Der })
        {
            _signed.Add(der);
            _corpus.Add(der);
        }

        _corpus.Add(Encoding.ASCII.GetBytes(node.Certificate.ExportCertificatePem()));
        _corpus.Add(Encoding.ASCII.GetBytes("a comment\n" + _ca.Certificate.ExportCertificatePem() + "\n" + PemEncoding.WriteString(RevocationList.PemLabel, second.Der)));
        PkiFiles.SaveCa(_ca, _folder, force: false);
    }

    internal override IReadOnlyList<byte[]> Corpus => _corpus;

    internal override void Mutate(MutationBuffer buffer, FuzzRandom random)
    {
        for (int changes = 1 + random.Below(3); changes > 0; changes--)
        {
            if (random.OneIn(3))
            {
                Mutator.Change(buffer, random, _corpus);
            }
            else
            {
                DerStructure.Change(buffer, random);
            }
        }
    }

    internal override void Check(ReadOnlySpan<byte> input)
    {
        CheckList(input);
        CheckCertificate(input);
        if (_number++ % ReadFileEvery == 0)
        {
            CheckFiles(input);
        }
    }

    private void CheckList(ReadOnlySpan<byte> input)
    {
        if (!RevocationList.TryParse(input, out RevocationList? list))
        {
            return;
        }

        Count("lists");
        Must.Hold(RevocationListReport.Write(list, DateTimeOffset.UnixEpoch).Length > 0, "a list can be shown");
        foreach (RevokedCertificate revoked in list.Revoked)
        {
            Must.Hold(list.Revokes(revoked.Serial), "a list revokes what it holds");
        }

        RequireSigned(list.Der);
    }

    private void CheckCertificate(ReadOnlySpan<byte> input)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(input);
        }
        catch (CryptographicException)
        {
            Count("no certificates");
            return;
        }

        using (certificate)
        {
            Count("certificates");
            RequireSigned(certificate.RawData);
            if (CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity))
            {
                Count("identities");
                Must.Hold(identity.Name.Length > 0 && identity.Prefixes.Count == identity.Addresses.Count + identity.Subnets.Count, "an identity has a name and all its prefixes");
                foreach (IpPrefix subnet in identity.Subnets)
                {
                    Must.Hold(IpPrefix.Parse(subnet.ToString()) == subnet, "a subnet is one");
                }
            }

            Expect(() => CertificateReport.Write(certificate, DateTimeOffset.UnixEpoch));
            Expect(() => _ca.RequireOwn(certificate, "a file"));
        }
    }

    private void CheckFiles(ReadOnlySpan<byte> input)
    {
        Count("files");
        string path = Path.Combine(_folder, "input.pem");
        File.WriteAllBytes(path, input);
        File.WriteAllBytes(PkiFiles.RevocationListPath(_folder), input);
        Expect(() => PkiFiles.LoadCertificate(path).Dispose());
        Expect(() => PkiFiles.LoadRevocationList(_folder, _ca));
    }

    // No bit of the signed part may change without notice. What stands behind it, algorithm and signature, is not signed itself.
    private void RequireSigned(byte[] der)
    {
        using ECDsa key = _ca.Certificate.GetECDsaPublicKey()!;
        if (SignedData.IsSignedBy(der, key))
        {
            Count("signed");
            Must.Hold(_signed.Exists(known => SignedPart(known).Span.SequenceEqual(SignedPart(der).Span)), "only what was signed is signed");
        }
    }

    private static ReadOnlyMemory<byte> SignedPart(byte[] der) => new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue();

    private static void Expect(Action read)
    {
        try
        {
            read();
        }
        catch (PkiException exception)
        {
            Must.Hold(exception.Message.Length > 0 && !exception.Message.Contains('\n', StringComparison.Ordinal), "an error is one line");
        }
    }

    public override void Dispose()
    {
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
