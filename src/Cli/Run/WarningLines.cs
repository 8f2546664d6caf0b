using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Prints a run's warnings and, beside a live table, supervision events.</summary>
internal sealed class WarningLines(Action<string> say, bool withSupervision) : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        if (runEvent is RunWarning warning)
            say(warning.Batch is { } batch ? $"warning: {batch}: {warning.Text}" : $"warning: {warning.Text}");
        else if (withSupervision && SupervisionLines.Describe(runEvent) is { } line)
            say(line);
    }
}
