using System.Net.Security;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>What BouncyCastle's client offers and shows. It takes any server, and keeps what the server has shown.</summary>
internal sealed class BouncyClient : DefaultTlsClient, TlsAuthentication
{
    /// <summary>Its certificate. Default: none.</summary>
    internal BouncyIdentity? Identity { get; init; }

    /// <summary>The suites to offer. Default: BouncyCastle's.</summary>
    internal TlsCipherSuite[]? Suites { get; init; }

    /// <summary>A session to resume. Default: none.</summary>
    internal TlsSession? Resumes { get; init; }

    /// <summary>The server's certificate chain.</summary>
    internal Certificate? ServerChain { get; private set; }

    /// <summary>The session of the handshake that was done.</summary>
    internal TlsSession? Session { get; private set; }

    public override ProtocolVersion ClientVersion => ProtocolVersion.DTLSv12;

    public override ProtocolVersion MinimumVersion => ProtocolVersion.DTLSv12;

    public override int[] GetCipherSuites() => Suites is { } suites ? [.. suites.Select(suite => (int)suite)] : base.GetCipherSuites();

    public override TlsSession? GetSessionToResume() => Resumes;

    public override TlsAuthentication GetAuthentication() => this;

    public void NotifyServerCertificate(Certificate serverCertificate) => ServerChain = serverCertificate;

    public TlsCredentials? GetClientCredentials(CertificateRequest certificateRequest) => Identity?.For(mContext);

    public override void NotifyHandshakeComplete() => Session = mContext.ResumableSession;
}
