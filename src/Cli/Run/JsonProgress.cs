using Cairn.Actors.Nodes;
using Cairn.Cli.Services;
using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Prints a run's events as in its journal, one JSON object per line.</summary>
internal sealed class JsonProgress(TextWriter output) : IRunObserver
{
    private readonly LineSink _lines = new(output);

    public void On(RunEvent runEvent)
    {
        if (RunEventJson.Line(runEvent, TimeProvider.System.GetUtcNow()) is { } line)
            _lines.WriteLine(line);
    }
}

/// <summary>Prints a run's events in the log format of seeds and workers.</summary>
internal sealed class LogProgress(ServiceLog log, string run) : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        if (NodeLine.Of(runEvent, run) is { } line)
            log.Say(line);
    }
}
