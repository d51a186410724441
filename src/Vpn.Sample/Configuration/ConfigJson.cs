using System.Text.Json.Serialization;

namespace FifoVpn.Configuration;

/// <summary>Values of the command line as JSON, without reflection, which a program that is compiled ahead lacks.</summary>
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
internal sealed partial class ConfigJson : JsonSerializerContext;
