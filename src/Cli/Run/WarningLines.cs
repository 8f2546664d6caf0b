using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Prints a run's warnings.</summary>
internal sealed class WarningLines(Action<string> say) : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        if (runEvent is RunWarning warning)
        {
            say(warning.Batch is { } batch ? $"warning: {batch}: {warning.Text}" : $"warning: {warning.Text}");
        }
    }
}
