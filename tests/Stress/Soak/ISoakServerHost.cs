using System.Net;

namespace FifoDtls.Stress;

/// <summary>The server of a soak, wherever it runs.</summary>
internal interface ISoakServerHost : IDisposable
{
    /// <summary>Where it listens.</summary>
    IPEndPoint Address { get; }

    /// <summary>Ends it; what it has counted.</summary>
    SoakServerReport Finish();
}
