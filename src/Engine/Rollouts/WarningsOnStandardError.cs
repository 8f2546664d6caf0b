namespace Cairn.Engine.Rollouts;

/// <summary>Tells warnings, and nothing else, on standard error: what a library workflow does that is given no observer.</summary>
internal sealed class WarningsOnStandardError : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        if (runEvent is RunWarning warning)
        {
            Console.Error.WriteLine($"cairn: warning: {warning.Text}");
        }
    }
}
