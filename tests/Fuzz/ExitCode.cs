namespace FifoDtls.Fuzz;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int Failure = 1;
    internal const int Usage = 2;
}
