using System.Diagnostics.Metrics;

namespace Cairn.Actors.Cluster;

/// <summary>
/// Measures how long an idle actor waits for a thread after a message arrives: a value for all actors of an overloaded
/// process. Akka.NET does not report how many messages wait for one actor.
/// </summary>
internal sealed class DispatcherProbe : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly Meter Meter = new(Members.MemberMeter.MeterName);

    private static readonly Histogram<double> Delays = Meter.CreateHistogram(
        "cairn.dispatcher.delay", "s",
        "Time from telling an idle actor something until a thread of Akka's dispatcher takes it up, measured once a second.", null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
        });

    /// <param name="time">Measures.</param>
    public DispatcherProbe(TimeProvider time)
    {
        var idle = Context.ActorOf(Akka.Actor.Props.Create(() => new Idle(time)), "idle");
        Receive<Tick>(_ => idle.Tell(new Told(time.GetTimestamp())), _ => Delays.Enabled);
        Receive<Tick>(static _ => { });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodicTimer("tick", new Tick(), TimeSpan.Zero, Every);

    private sealed class Idle : ReceiveActor
    {
        public Idle(TimeProvider time) =>
            Receive<Told>(told => Delays.Record(time.GetElapsedTime(told.At).TotalSeconds));
    }

    private sealed record Tick : INoSerializationVerificationNeeded;

    private sealed record Told(long At) : INoSerializationVerificationNeeded;
}
