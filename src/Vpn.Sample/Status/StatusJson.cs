using System.Text.Json.Serialization;

namespace FifoVpn.Status;

/// <summary>The JSON of the status socket: one line for each document.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ServerStatus))]
[JsonSerializable(typeof(PingStatus))]
[JsonSerializable(typeof(StatusError))]
internal sealed partial class StatusJson : JsonSerializerContext;
