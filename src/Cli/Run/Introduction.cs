using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Storage.Words;

namespace Cairn.Cli.Run;

/// <summary>Announces the run once it has started; a refused run is not announced.</summary>
internal sealed class Introduction(TextWriter output, RunSpec spec) : IRunObserver
{
    private readonly LineSink _lines = new(output);

    public void On(RunEvent runEvent)
    {
        if (runEvent is RunStarted { Schedule: var schedule })
        {
            // Not the spec's boundaries: a run that starts from a checkpoint has fewer.
            var times = spec.Initial.TimeCount == 1 ? "" : $" of each of {spec.Initial.TimeCount} initial times";
            _lines.WriteLine($"run {spec.Name}: {Count.Of(spec.Ensemble.Size, "member")}{times} in batches of {spec.Ensemble.BatchSize}, "
                + $"{Count.Of(schedule.Last, "boundary", "boundaries")} to lead time {LeadTimeText.Of(schedule.LeadTime(schedule.Last))}");
        }
        else if (runEvent is BegunFromChm begun)
        {
            _lines.WriteLine(begun.Describe());
        }
    }
}
