using System.Net.Security;
using FifoDtls.Interop;

namespace FifoDtls;

// Which suites each role offers. An SSL_CTX serves both roles, so a role whose list differs from the context's gets its own on the SSL.
public sealed unsafe partial class DtlsContext
{
    private const string PskCipherList = "ECDHE-PSK-CHACHA20-POLY1305:PSK-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256:PSK-CHACHA20-POLY1305";

    private string _contextCiphers = CipherList;
    private string _clientCiphers = CipherList;
    private string _serverCiphers = CipherList;
    private bool _clientCertificateSuites;
    private bool _serverCertificateSuites;

    /// <summary>The suites that <see cref="DtlsContextOptions.CipherSuites"/> can name on this system, in libssl's order of preference.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    public static IReadOnlyList<TlsCipherSuite> SupportedCipherSuites => [.. CipherSuiteTable.All.Select(entry => entry.Suite)];

    private bool OffersCertificateSuites(DtlsRole role) => role == DtlsRole.Client ? _clientCertificateSuites : _serverCertificateSuites;

    private bool OffersPskSuites(DtlsRole role) => (role == DtlsRole.Client ? (Delegate?)_options.ClientPsk : _options.ServerPsk) is not null;

    private string CiphersFor(DtlsRole role) => role == DtlsRole.Client ? _clientCiphers : _serverCiphers;

    private void SetCipherSuites()
    {
        CipherSuiteEntry[] asked = [.. _options.CipherSuites.Select(CipherSuiteTable.Require)];
        bool asksForCertificates = asked.Length == 0 || asked.Any(entry => !entry.IsPsk);

        // A client with a PSK relies on it: a server that shows just any certificate, as VerifyServer = false lets it, must not do in its place.
        _clientCertificateSuites = asksForCertificates && (_options.ClientPsk is null || (_options.VerifyServer && CanJudgePeers));
        _serverCertificateSuites = asksForCertificates && (_options.Credentials is not null || _options.SelectCredentials is not null);
        _clientCiphers = ChooseCiphers(DtlsRole.Client, asked);
        _serverCiphers = ChooseCiphers(DtlsRole.Server, asked);
        _contextCiphers = _serverCiphers.Length > 0 ? _serverCiphers : _clientCiphers;
        if (_contextCiphers.Length > 0 && LibSsl.SSL_CTX_set_cipher_list(Handle, _contextCiphers) != 1)
        {
            throw new DtlsException($"This libssl refuses the cipher suites {_contextCiphers}: {OpenSslErrors.Drain()}");
        }
    }

    private string ChooseCiphers(DtlsRole role, CipherSuiteEntry[] asked)
    {
        bool certificates = OffersCertificateSuites(role);
        bool psk = OffersPskSuites(role);
        IEnumerable<string> lists = asked.Length > 0
            ? asked.Where(entry => entry.IsPsk ? psk : certificates).Select(entry => entry.Name)
            : ((string[])[certificates ? CipherList : "", psk ? PskCipherList : ""]).Where(list => list.Length > 0);
        return string.Join(':', lists);
    }

    /// <summary>Checks that the role is left with a suite.</summary>
    private void RequireCiphers(DtlsRole role)
    {
        if (CiphersFor(role).Length == 0)
        {
            string callback = role == DtlsRole.Client ? nameof(DtlsContextOptions.ClientPsk) : nameof(DtlsContextOptions.ServerPsk);
            throw new InvalidOperationException(
                $"None of the suites of {nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.CipherSuites)} can be used as {role}: PSK suites need {callback}, the others "
                + $"{(role == DtlsRole.Client ? nameof(DtlsContextOptions.TrustAnchors) : nameof(DtlsContextOptions.Credentials))}.");
        }
    }

    /// <summary>
    /// Gives an association what is its role's. With <see cref="DtlsConnectionOptions.AskedBy"/> only what that client would have offered too: else a PSK could stand in for the certificate
    /// that it demands.
    /// </summary>
    internal void Equip(SafeSslHandle ssl, FifoBio bio, DtlsRole role, DtlsContext? askedBy)
    {
        bool psk = OffersPskSuites(role) && (askedBy?.OffersPskSuites(DtlsRole.Client) ?? true);
        bool certificates = askedBy?.OffersCertificateSuites(DtlsRole.Client) ?? true;
        string ciphers = CiphersFor(role) + (psk || !OffersPskSuites(role) ? "" : ":!PSK") + (certificates ? "" : ":!aRSA:!aECDSA");
        if (ciphers != _contextCiphers && LibSsl.SSL_set_cipher_list(ssl, ciphers) != 1)
        {
            throw new DtlsException($"This libssl refuses the cipher suites {ciphers}: {OpenSslErrors.Drain()}");
        }

        bio.Psk = psk ? new PskExchange(_options.ClientPsk, _options.ServerPsk) : null;
        bio.KeyLog = _keyLog;
    }
}
