using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FifoDtls.Tests;

/// <summary>What the meter tells of one endpoint: a listener as an exporter has one, which sees only the measurements with the endpoint's address. Thread-safe.</summary>
internal sealed class MetricCapture : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measurements = new();
    private readonly ConcurrentDictionary<string, string> _units = new();
    private readonly Func<string> _address;

    /// <param name="endpoint">Asked for with each measurement: the capture may begin before the endpoint is made.</param>
    internal MetricCapture(Func<DtlsEndpoint?> endpoint)
    {
        _address = () => endpoint() is { } e ? $"network.local.address={e.LocalEndPoint.Address},network.local.port={e.LocalEndPoint.Port}" : "none";
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "FifoDtls")
            {
                _units[instrument.Name] = instrument.Unit ?? "";
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
        _listener.Start();
    }

    /// <summary>All instruments, with their units.</summary>
    internal IReadOnlyDictionary<string, string> Units => _units;

    /// <summary>What was recorded as it happened: the values of an instrument, with these tags besides the endpoint's.</summary>
    internal double[] Recorded(string name, string tags) =>
        [.. _measurements.Where(m => m.Name == name && m.Tags == $"{_address()},{tags}").Select(m => m.Value)];

    /// <summary>Collects now, and returns the one value of an instrument with these tags besides the endpoint's.</summary>
    internal long Observe(string name, string tags = "")
    {
        double[] values = [.. Collect().Where(m => m.Name == name && m.Tags == (tags == "" ? _address() : $"{_address()},{tags}")).Select(m => m.Value)];
        return values.Length == 1 ? (long)values[0] : throw new AssertionException($"{name} with {tags} was observed {values.Length} times.");
    }

    /// <summary>Collects now, and returns all that is observed of the endpoint.</summary>
    internal (string Name, double Value, string Tags)[] Collect()
    {
        _measurements.Clear();
        _listener.RecordObservableInstruments();
        return [.. _measurements.Where(m => m.Tags.StartsWith(_address(), StringComparison.Ordinal))];
    }

    public void Dispose() => _listener.Dispose();

    private void Keep(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> texts = [];
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            texts.Add($"{tag.Key}={tag.Value}");
        }

        _measurements.Enqueue((name, value, string.Join(',', texts)));
    }
}
