using System.Globalization;
using System.Runtime.InteropServices;

namespace FifoDtls.Benchmarks;

/// <summary>What the numbers were measured on.</summary>
internal sealed record Machine(string Processor, int Cores, string System, string Runtime, string OpenSsl)
{
    internal static Machine Current => new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.OSArchitecture.ToString(),
        Environment.ProcessorCount,
        $"Linux {Environment.OSVersion.Version}",
        RuntimeInformation.FrameworkDescription,
        Marshal.PtrToStringUTF8(LibCrypto3.OpenSSL_version(0)) ?? "OpenSSL");

    /// <summary>How many threads wanted to run, on the average of the last minute; the benchmark's own are among them.</summary>
    internal static double Load => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    public override string ToString() => $"{Processor}, {Cores} cores, {System}, {Runtime}, {OpenSsl}";
}
