using System.Net;
using System.Text;
using Google.Protobuf;

namespace Cairn.Cluster.Tests.Cluster.Telemetry;

/// <summary>A span as it was received.</summary>
internal sealed record ReceivedSpan(
    string Service, string Name, string Id, string Parent, string Trace, double Seconds, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A collector that takes OTLP over HTTP, and keeps what it is sent by the field numbers of opentelemetry-proto 1.x.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _lock = new();
    private readonly HashSet<(string Service, string Metric)> _metrics = [];
    private readonly List<ReceivedSpan> _spans = [];
    private readonly HashSet<string> _keys = [];

    public OtlpReceiver()
    {
        Port = FreePort.Find();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    /// <summary>The metrics by the services that sent them.</summary>
    public IReadOnlyList<(string Service, string Metric)> Metrics
    {
        get
        {
            lock (_lock)
            {
                return [.. _metrics];
            }
        }
    }

    /// <summary>The spans, in the order in which they came.</summary>
    public IReadOnlyList<ReceivedSpan> Spans
    {
        get
        {
            lock (_lock)
            {
                return [.. _spans];
            }
        }
    }

    /// <summary>What requests carried as <c>x-key</c>.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _keys];
            }
        }
    }

    /// <summary>Waits until a service has sent a metric.</summary>
    public async Task MetricAsync(string service, string metric)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!Metrics.Contains((service, metric)))
            await again.WaitForNextTickAsync(patience.Token);
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                lock (_lock)
                {
                    _keys.Add(context.Request.Headers["x-key"] ?? "");
                    Take(context.Request.Url!.AbsolutePath, Fields(body.ToArray()));
                }

                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or HttpListenerException)
        {
            // The test is over.
        }
    }

    private void Take(string path, ILookup<int, object> request)
    {
        foreach (var resource in Messages(request, 1))
        {
            var service = Attributes(Messages(resource, 1).Single(), 1)["service.name"];
            foreach (var scope in Messages(resource, 2))
            {
                foreach (var item in Messages(scope, 2))
                {
                    if (path == "/v1/metrics")
                        _metrics.Add((service, Text(item, 1)));
                    else
                        _spans.Add(Span(service, item));
                }
            }
        }
    }

    private static ReceivedSpan Span(string service, ILookup<int, object> span) => new(
        service, Text(span, 5), Hex(span, 2), Hex(span, 4), Hex(span, 1),
        ((ulong)span[8].Single() - (ulong)span[7].Single()) / 1e9, Attributes(span, 9));

    private static Dictionary<string, string> Attributes(ILookup<int, object> message, int field) => Messages(message, field).ToDictionary(
        pair => Text(pair, 1), pair => Messages(pair, 2).Single().SelectMany(value => value).Single() is var value && value is byte[] text
            ? Encoding.UTF8.GetString(text) : $"{value}");

    private static IEnumerable<ILookup<int, object>> Messages(ILookup<int, object> message, int field) =>
        message[field].Select(bytes => Fields((byte[])bytes));

    private static string Text(ILookup<int, object> message, int field) => Encoding.UTF8.GetString((byte[])message[field].Single());

    private static string Hex(ILookup<int, object> message, int field) =>
        Convert.ToHexStringLower((byte[]?)message[field].SingleOrDefault() ?? []);

    private static ILookup<int, object> Fields(byte[] bytes)
    {
        using var input = new CodedInputStream(bytes);
        var fields = new List<(int Number, object Value)>();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => input.ReadFixed32(),
                _ => input.ReadBytes().ToByteArray(),
            }));
        }

        return fields.ToLookup(f => f.Number, f => f.Value);
    }
}
