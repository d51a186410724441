namespace FifoDtls.Stress;

/// <summary>The exit codes of the program; <see cref="Help"/> is what the user reads about them.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int Usage = 1;
    internal const int Credentials = 3;
    internal const int LibraryMissing = 4;
    internal const int Network = 6;
    internal const int AssociationFailed = 8;
    internal const int SoakFailed = 9;
    internal const int Internal = 70;

    internal const string Help =
        """
        Exit codes:
          0   ended in order
          1   wrong usage
          3   a certificate, key or CA file is missing or bad, or the key is of another certificate
          4   libssl 3 is missing or unusable
          6   network: the address can't be bound, the name can't be resolved
          8   no association, or it failed: certificate refused, alert, timeout
          9   soak or flood: something happened that must not; the summary says what
          70  internal error
        """;
}
