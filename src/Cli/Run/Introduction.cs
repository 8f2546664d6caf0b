using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;

namespace Cairn.Cli.Run;

/// <summary>Says what runs once it does: a run that is refused is not announced.</summary>
internal sealed class Introduction(TextWriter output, RunSpec spec) : IRunObserver
{
    private readonly LineSink _lines = new(output);

    public void On(RunEvent runEvent)
    {
        if (runEvent is RunStarted)
        {
            _lines.WriteLine($"run {spec.Name}: {spec.Ensemble.Size} members in batches of {spec.Ensemble.BatchSize}, "
                + $"{spec.LeadTimes.Count} boundaries to lead time {LeadTimeText.Of(spec.LeadTimes.End)}");
        }
    }
}
