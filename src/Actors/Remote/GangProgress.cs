using Cairn.Actors.Members;

namespace Cairn.Actors.Remote;

/// <summary>What the reports of a gang's ranks have told so far. Any thread may tell and ask.</summary>
internal sealed class GangProgress
{
    private readonly object _gate = new();
    private readonly int[] _reached;
    private readonly bool[] _waits;
    private readonly bool[] _ended;
    private long _steps;

    /// <param name="ranks">Ranks of the gang.</param>
    /// <param name="boundary">The boundary that they stand at, or -1.</param>
    public GangProgress(int ranks, int boundary)
    {
        (_reached, _waits, _ended) = (new int[ranks], new bool[ranks], new bool[ranks]);
        Array.Fill(_reached, boundary);
    }

    /// <summary>The boundary that the slowest rank is on its way to.</summary>
    public int Next
    {
        get
        {
            lock (_gate)
            {
                return _reached.Min() + 1;
            }
        }
    }

    /// <summary>Model steps of the rank that has taken most.</summary>
    public long Steps
    {
        get
        {
            lock (_gate)
            {
                return _steps;
            }
        }
    }

    /// <summary>
    /// Whether no rank has anything in hand: each waits at a boundary or has ended. A rank tells that it waits, and that it goes on before
    /// it does, so that this holds to the last byte of a process that dies.
    /// </summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return Enumerable.Range(0, _waits.Length).All(rank => _waits[rank] || _ended[rank]);
            }
        }
    }

    /// <summary>Whether all ranks have ended as they should.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended.All(ended => ended);
            }
        }
    }

    /// <summary>Whether one rank has ended as it should.</summary>
    public bool Ended(int rank)
    {
        lock (_gate)
        {
            return _ended[rank];
        }
    }

    /// <summary>Takes a report in.</summary>
    public void Note(RankReport report)
    {
        lock (_gate)
        {
            switch (report)
            {
                case RankReport.Reached reached:
                    _reached[reached.Rank] = Math.Max(_reached[reached.Rank], reached.Boundary);
                    _steps = Math.Max(_steps, reached.Steps);
                    break;
                case RankReport.Waiting:
                    _waits[report.Rank] = true;
                    break;
                case RankReport.GoesOn:
                    _waits[report.Rank] = false;
                    break;
                case RankReport.Ended:
                    _ended[report.Rank] = true;
                    break;
            }
        }
    }
}
