namespace Cairn.Engine.Rollouts;

/// <summary>Tells several observers, one after the other.</summary>
public sealed class RunObservers(params IReadOnlyList<IRunObserver> observers) : IRunObserver
{
    public void On(RunEvent runEvent)
    {
        foreach (var observer in observers)
        {
            observer.On(runEvent);
        }
    }
}
