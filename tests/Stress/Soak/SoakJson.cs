using System.Text.Encodings.Web;
using System.Text.Json;

namespace FifoDtls.Stress;

/// <summary>How reports are written.</summary>
internal static class SoakJson
{
    internal static readonly JsonSerializerOptions Line = new(JsonSerializerDefaults.Web);

    internal static readonly JsonSerializerOptions Printed = new(Line) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
