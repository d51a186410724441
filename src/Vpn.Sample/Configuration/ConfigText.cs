using System.Text;
using System.Text.Json;

namespace FifoVpn.Configuration;

/// <summary>The text of a configuration: UTF-8 and JSON, in which comments and trailing commas are allowed.</summary>
internal static class ConfigText
{
    /// <returns>The text, and the folder that relative paths in it are relative to.</returns>
    public static (string Text, string Folder) ReadFile(string path)
    {
        try
        {
            string text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            return (text, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ConfigException($"{path}: cannot read the configuration: {exception.Message}");
        }
    }

    public static T Parse<T>(string text, string source, Func<JsonElement, T> read)
    {
        JsonDocumentOptions options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, options);
            ConfigStrings.Require(document.RootElement, source);
            return read(document.RootElement);
        }
        catch (JsonException exception)
        {
            string where = exception.LineNumber is { } line ? $"line {line + 1}, column {exception.BytePositionInLine + 1}: " : "";
            string what = exception.Message.Split(" LineNumber:", 2)[0];
            throw new ConfigException($"{source}: {where}not valid JSON: {what}");
        }
    }
}
