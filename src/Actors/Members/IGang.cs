using Cairn.Engine.Rollouts;

namespace Cairn.Actors.Members;

/// <summary>The ranks of a batch, launched together, wherever they run.</summary>
internal interface IGang : IDisposable
{
    /// <summary>Tells a rank something; a rank that has ended hears nothing.</summary>
    void Tell(int rank, RankOrder order);

    /// <summary>
    /// Ends all ranks wherever they are, without making anything durable. Completes when none of them can do any more harm: it has ended,
    /// or hangs and is fenced.
    /// </summary>
    Task StopAsync();
}

/// <summary>Launches gangs. When it is disposed, no process that it started is left.</summary>
internal interface IGangLauncher : IAsyncDisposable
{
    /// <summary>
    /// Launches the ranks of a gang whose epoch has begun. Reports come from any thread, and end with a <see cref="RankReport.Ended"/> or
    /// <see cref="RankReport.Failed"/> of each rank.
    /// </summary>
    /// <param name="start">What the gang is started with.</param>
    /// <param name="report">Is told what ranks report.</param>
    IGang Launch(GangStart start, Action<RankReport> report);
}
