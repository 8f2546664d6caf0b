using System.Diagnostics.Metrics;
using System.Reflection;

namespace Cairn.Api.Server;

/// <summary>
/// Metrics of requests to a server, counted by method, route and status. Routes are the server's own, so
/// clients cannot create new series.
/// </summary>
internal sealed class RequestFigures
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cairn.Api";

    private readonly Counter<long> _requests;
    private int _streams;

    public RequestFigures(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("cairn.http.requests", "{request}", "Requests to this process.");
        _ = meter.CreateObservableGauge(
            "cairn.event.streams", () => Volatile.Read(ref _streams), "{stream}", "Event streams that are open at this seed.");
        _ = meter.CreateObservableGauge(
            "cairn.build.info", () => new Measurement<int>(1, KeyValuePair.Create("version", (object?)Version)), null, "The program.");
    }

    public void Count(string method, string route, int status) =>
        _requests.Add(1, new("method", method), new("route", route), new("status", status));

    /// <summary>Opens a stream, unless too many are open.</summary>
    public bool TryOpenStream(int most)
    {
        if (Interlocked.Increment(ref _streams) <= most)
            return true;

        Interlocked.Decrement(ref _streams);
        return false;
    }

    public void CloseStream() => Interlocked.Decrement(ref _streams);

    private static string Version { get; } =
        typeof(RequestFigures).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
