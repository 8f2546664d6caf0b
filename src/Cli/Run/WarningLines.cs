using Cairn.Engine.Rollouts;

namespace Cairn.Cli.Run;

/// <summary>Prints a run's warnings to standard error.</summary>
internal sealed class WarningLines(TextWriter error) : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        if (runEvent is RunWarning warning)
        {
            error.WriteLine(warning.Batch is { } batch ? $"warning: {batch}: {warning.Text}" : $"warning: {warning.Text}");
        }
    }
}
