using System.Diagnostics.Metrics;

namespace Cairn.Engine.Tests.Rollouts;

/// <summary>What measuring does on the thread that steps.</summary>
public sealed class StepMeterTests
{
    private const int Many = 1000;

    [Fact]
    public void A_step_is_measured_once_and_costs_no_memory()
    {
        var measured = 0;
        using var listener = Listen("cairn.step.duration", "model", "of-this-test", _ => measured++);
        object? state = new();
        var step = StepMeter.Timed(() => state, "of-this-test");
        step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Many; i++)
            step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Many + 1, measured);
    }

    [Fact]
    public void A_step_that_throws_is_no_step()
    {
        var measured = 0;
        using var listener = Listen("cairn.step.duration", "model", "that-throws", _ => measured++);
        var step = StepMeter.Timed<object>(() => throw new DataException("no"), "that-throws");
        Assert.Throws<DataException>(step);
        Assert.Equal(0, measured);
    }

    [Fact]
    public void A_wait_is_told_with_what_it_was_for_unless_there_was_none_to_speak_of()
    {
        var (waits, thread) = (new List<double>(), Environment.CurrentManagedThreadId);
        using var listener = Listen("cairn.stall.duration", "for", "fields", took =>
        {
            // Others wait meanwhile, on threads of their own.
            if (Environment.CurrentManagedThreadId == thread)
                waits.Add(took);
        });
        Assert.Equal(7, StorageMeter.Stalled(StallCause.Fields, 7, static given => given));
        Assert.True(StorageMeter.Stalled(StallCause.Fields, Stopwatch.GetTimestamp(), static began => SpinWait.SpinUntil(
            () => Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(3), TimeSpan.FromMinutes(1))));

        Assert.InRange(Assert.Single(waits), 0.003, 60);
    }

    private static MeterListener Listen(string instrument, string label, string value, Action<double> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (published, self) =>
            {
                if (published.Name == instrument)
                    self.EnableMeasurementEvents(published);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, took, labels, _) =>
        {
            if (labels.Length == 1 && labels[0].Key == label && labels[0].Value is string text && text == value)
                measured(took);
        });
        listener.Start();
        return listener;
    }
}
