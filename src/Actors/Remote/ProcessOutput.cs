using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Remote;

/// <summary>Tells what a process prints as warnings of its run, up to a point.</summary>
/// <param name="observer">Is told.</param>
/// <param name="who">Whose lines they are.</param>
internal sealed class ProcessOutput(IRunObserver observer, string who)
{
    private const int MostLines = 100;
    private int _lines;
    private volatile bool _isSilent;

    /// <summary>From now on what it says is of no interest: it is being ended.</summary>
    public void Silence() => _isSilent = true;

    /// <summary>Takes a line.</summary>
    public void Say(string line)
    {
        if (_isSilent)
        {
            return;
        }

        var number = Interlocked.Increment(ref _lines);
        if (number <= MostLines)
        {
            observer.On(new RunWarning($"{who}: {line}"));
        }
        else if (number == MostLines + 1)
        {
            observer.On(new RunWarning($"{who}: and more, of which only the last lines are told should it fail"));
        }
    }
}
