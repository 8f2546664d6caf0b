using Cairn.Storage.Arrays;

namespace Cairn.Engine.Rollouts;

/// <summary>The ensemble workflow as a library: the batches one after the other in this thread, all in one catalog, as Earth2Studio's
/// <c>run.ensemble</c> keeps it: each row records the lead time and <c>completed_ensembles</c>; a restart goes on with the first incomplete
/// member.</summary>
public sealed class Ensemble(
    IPrognosticModel model, InitialCondition initial, IFieldStore store, BoundarySchedule schedule)
    : Workflow(model, initial, store, schedule)
{
    /// <summary>Number of members.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Members stepped together; all of them when not given.</summary>
    public int? BatchSize { get; init; }

    /// <summary>How members are made to differ.</summary>
    public IPerturbation Perturbation { get; init; } = new ZeroPerturbation();

    private protected override bool RunIn(CheckpointSession? session, CancellationToken stop)
    {
        if (session is not null)
            Perturbation.Bind(session);
        var completed = Completed(session);
        var start = Enumerable.Range(0, Size).FirstOrDefault(member => !completed.Contains(member), Size);
        var (bound, unread) = Bind(session, start);
        var restart = FirstRestart(session, bound, start, unread);
        var stepping = new MemberRange(start, start);
        if (session is not null)
        {
            // Called while that batch is stepped: each batch waits for its last commit.
            session.Committed += row => Store.SetCommitted([.. stepping.Members], row.LeadTime ?? TimeSpan.Zero);
        }
        var goesOn = true;
        for (var first = start; goesOn && first < Size && !stop.IsCancellationRequested; first += BatchSize ?? Size)
        {
            var batch = BatchFrom(first);
            var from = restart ?? -1;
            (restart, stepping) = (null, batch);
            goesOn = RunBatch(batch, bound, from, completed, stop);
        }
        Store.SettleCommitted();
        return goesOn && Enumerable.Range(0, Size).All(completed.Contains);
    }

    private bool RunBatch(MemberRange batch, RolloutBinding bound, int from, SortedSet<int> completed, CancellationToken stop)
    {
        using var writer = NewWriter($"fields of {batch}");
        using var rollout = NewRollout(batch, bound, writer, boundary => Metadata(boundary, batch, completed), stop);
        if (from >= 0)
            rollout.Resume(from);
        else
            Begin(rollout, batch, bound.Session);
        var ended = rollout.Run();
        if (ended)
            completed.UnionWith(batch.Members);
        return ended;
    }

    private void Begin(BatchStepLoop rollout, MemberRange batch, CheckpointSession? session)
    {
        if (session is not null)
            session.WriteCount = 0;
        using var same = Initial.ToBatch(batch.Count, Model.Description);
        using var fields = Perturbation.Apply(same, [.. batch.Members], session?.Checkpoint.Options.Level ?? 0);
        rollout.Begin(fields);
    }

    private Dictionary<string, object?> Metadata(int boundary, MemberRange batch, SortedSet<int> completed) => new(StringComparer.Ordinal)
    {
        ["lead_time"] = LeadTimeText.ToNumpy(Schedule.LeadTime(boundary)),
        ["completed_ensembles"] = completed.Concat(boundary == Schedule.Last ? batch.Members : [])
            .Distinct().Order().Select(member => (object?)(long)member).ToList(),
    };

    private MemberRange BatchFrom(int first) => new(first, Math.Min(first + (BatchSize ?? Size), Size) - 1);

    /// <summary>The boundary after which the first batch continues, or null if it starts over.</summary>
    private int? FirstRestart(CheckpointSession? session, RolloutBinding bound, int start, string? unread)
    {
        // A row at the last boundary is the end of a batch: the next one has yet to begin.
        var ended = start >= Size || (session is { Exists: true } && LibraryResume.Boundary(session, Schedule) == Schedule.Last);
        return ended ? null : LibraryResume.From(session, Schedule, bound.States, BatchFrom(start), unread, Observer);
    }

    private static SortedSet<int> Completed(CheckpointSession? session) =>
        session is not null && session.Metadata.TryGetValue("completed_ensembles", out var value)
            ? [.. Members(value)]
            : [];

    /// <summary>A list, or what a list of one element was stored as.</summary>
    private static IEnumerable<int> Members(object? value) => value switch
    {
        IEnumerable<object?> list => list.Select(Member),
        NdArray { DType.Name: "int64" } array => array.AsSpan<long>().ToArray().Select(v => checked((int)v)),
        NdArray => throw NotMembers(value),
        _ => [Member(value)],
    };

    private static int Member(object? value) => value is long number ? checked((int)number) : throw NotMembers(value);

    private static DataException NotMembers(object? value) =>
        new($"The catalog's completed_ensembles holds {value ?? "nothing"}; expected member numbers. "
            + "Select an older row, or use another path.");
}
