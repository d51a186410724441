using System.Net.Security;

namespace FifoDtls;

/// <summary>A cipher suite that can be asked for.</summary>
/// <param name="Suite">Its number in the IANA registry.</param>
/// <param name="Name">OpenSSL's name.</param>
/// <param name="IsPsk">Whether it authenticates by a pre-shared key instead of certificates.</param>
internal readonly record struct CipherSuiteEntry(TlsCipherSuite Suite, string Name, bool IsPsk);
