namespace Cairn.Engine.Rollouts;

/// <summary>One rank of a gang from its start to the end of the batch, on the calling thread: restores its part, and hands the stepping to
/// <see cref="BatchStepLoop"/>. The epoch has begun.</summary>
internal sealed class RankRun
{
    private const int ChunksInFlight = 64;

    private readonly RunContext _run;
    private readonly GangStart _start;
    private readonly ICommunicator _ranks;
    private readonly IRankControl _control;
    private readonly IReadOnlyList<int> _members;
    private readonly BatchFolders _folders;
    private readonly BatchBeginning _beginning;
    private readonly IPrognosticModel _model;
    private readonly FaultInjection? _faults;

    public RankRun(RunContext run, GangStart start, ICommunicator ranks, IRankControl control, CancellationToken over = default)
    {
        (_run, _start, _ranks, _control) = (run, start, ranks, control);
        _members = start.Members.Active(start.Batch);
        _folders = new BatchFolders(run, control.Warn);
        _beginning = run.Beginning(start.Batch);
        _model = ranks.Size > 1 ? DomainCut.Of(_beginning.Model, ranks) : DiagnosedModel.For(
            _beginning.Model, new SteppedMembers(unchecked((ulong)run.Spec.Ensemble.Seed), OfTime, DrawOf, over));
        _faults = FaultInjection.Of(run.Spec, run.Options.Files, ranks.Rank, OfTime, over);
    }

    /// <summary>Model steps taken by this rank, also when it failed.</summary>
    public long Steps { get; private set; }

    private DomainSlice? Cut => (_model as IRankModel)?.StateSlice;
    private bool WritesFields => _ranks.Rank == 0;

    /// <summary>The members as those of their initial time, which draws are seeded by: each time's members draw the same.</summary>
    private IReadOnlyList<int> OfTime => [.. _members.Select(_start.Batch.MemberOf)];

    private int DrawOf(int memberOfTime) => _start.Members.DrawOf(_start.Batch.NumberOf(memberOfTime));

    /// <summary>Runs the rank. Returns whether the batch's last boundary was reached; else the gang was halted.</summary>
    public bool Run()
    {
        TorchRuntime.SetThreads(_run.Spec.Model.Threads);
        var checkpoint = _folders.Open(_start.Batch, _ranks.Rank, _ranks.Size);
        checkpoint.JoinEpoch(_start.Epoch);
        using var session = checkpoint.Open(_start.Session is { } id ? _folders.Catalog(_start.Batch).Find(id) : null);
        session.Committed += _control.Staged;
        session.Failed += _control.StagingFailed;
        using var writer = WritesFields ? new FieldWriter(Store(), ChunksInFlight, $"fields of {_start.Batch}") : null;
        var perturbation = _beginning.NewPerturbation();
        perturbation.Bind(session);
        using var rollout = new BatchStepLoop(Parts(session, writer, gathers: true));
        try
        {
            Begin(rollout, session, perturbation);
            return rollout.Run();
        }
        finally
        {
            Steps = rollout.Steps;
        }
    }

    /// <summary>A store of this gang's own: one that an fsync has failed on takes nothing more, which is to end this gang and no
    /// other.</summary>
    private IFieldStore Store() => _run.Store.Reopen();

    private BatchStepLoopParts Parts(CheckpointSession session, FieldWriter? writer, bool gathers) => new(
        _model, _start.Batch, _members, _run.Schedule, _run.Output,
        RolloutBinding.To(session, Cut, _members, WritesFields),
        writer, gathers ? Gather() : null, Metadata, new MeasuredControl(_control, countsSteps: _ranks.Rank == 0))
    {
        Cut = Cut,
        Seeds = _model.Description.IsStochastic
            ? new SeededSteps(unchecked((ulong)_run.Spec.Ensemble.Seed), OfTime, DrawOf)
            : null,
        FaultInjection = gathers ? _faults : null,
    };

    private FieldGather? Gather()
    {
        if (!_run.Output.IsEnabled)
            return null;
        var grid = _model.Description.OutputGrid;
        var part = (_model as IRankModel)?.FieldSlice ?? DomainSlice.Whole([grid.Latitudes.Count, grid.Longitudes.Count]);
        return new FieldGather(_ranks, part, _members.Count, _model.Description.OutputVariables.Count);
    }

    private void Begin(BatchStepLoop rollout, CheckpointSession session, IPerturbation perturbation)
    {
        if (_start.Plan is not { } plan)
        {
            session.WriteCount = 0;
            using var fields = Perturbed(perturbation);
            rollout.Begin(fields);
        }
        else if (_start.Session is not null)
        {
            rollout.Resume(plan.Boundary);
            Verify(rollout, plan.Boundary);
        }
        else
        {
            var restored = RestoredMembers.Read(
                _start.Batch, _members, plan, source => _folders.Select(source, _ranks.Rank, _ranks.Size), Cut, perturbation,
                WritesFields);
            session.WriteCount = plan.Boundary + 1;
            rollout.Resume(plan.Boundary, restored.States, restored.OpenChunk);
            rollout.Keep();
        }
    }

    /// <summary>The members' initial fields; a member that started over has its own draw.</summary>
    private Tensor Perturbed(IPerturbation perturbation)
    {
        var level = _run.Spec.Checkpoint.Level;
        using var same = _beginning.Initial.ToBatch(_members.Count, _run.Model.Description);
        var fields = perturbation.Apply(same, OfTime, level);
        if (!fields.HasLayoutOf(same))
            throw new SpecException($"The perturbation {_run.Spec.Ensemble.Perturbation.Kind} returned {fields.Layout()}; expected "
                + $"{same.Layout()}, like the fields that it was given.");
        var redrawn = _members.Where(member => _start.Members.DrawOf(member) > 0).ToList();
        if (redrawn.Count == 0)
            return fields;
        using var first = fields;
        var parts = _members.Select((_, i) => first.narrow(0, i, 1)).ToList();
        foreach (var member in redrawn)
        {
            var place = _members.TakeWhile(m => m != member).Count();
            using var one = same.narrow(0, place, 1);
            parts[place].Dispose();
            parts[place] = _beginning.NewPerturbation(_start.Members.DrawOf(member)).Apply(one, [_start.Batch.MemberOf(member)], level);
        }
        var joined = cat([.. parts]);
        parts.ForEach(part => part.Dispose());
        return joined;
    }

    /// <summary>Repeats the steps from an older session, and reports whether they end in the bits that were restored.</summary>
    private void Verify(BatchStepLoop rollout, int boundary)
    {
        if (_start.VerifyFrom is not { } older)
            return;
        using var session = _folders.Select(older, _ranks.Rank, _ranks.Size);
        using var replay = new BatchStepLoop(Parts(session, writer: null, gathers: false));
        replay.Resume(older.Boundary);
        using var again = replay.Replay(boundary);
        var exact = rollout.HasBitsOf(again);
        _control.Verified(boundary, exact, exact ? 0 : rollout.MaxDifference(again));
    }

    private Dictionary<string, object?> Metadata(int boundary)
    {
        var metadata = new Dictionary<string, object?>
        {
            ["lead_time"] = LeadTimeText.ToNumpy(_run.Schedule.LeadTime(boundary)),
            ["members"] = _members.Select(member => (object?)(long)member).ToList(),
        };
        if (_start.Batch.Of is { } of)
            metadata["initial_time"] = of.Time;
        SessionDraws.AddTo(metadata, _members, _start.Members);
        return metadata;
    }
}

/// <summary>All that a rank's code reports to its gang.</summary>
internal interface IRankControl : IBoundaryControl
{
    /// <summary>A commit of this rank is durable; with one rank it is a session. Called by the thread that wrote it.</summary>
    void Staged(CheckpointRow row);

    /// <summary>A commit of this rank failed. Called by the thread that was writing it.</summary>
    void StagingFailed(Exception failure);

    /// <summary>The steps from an older session were repeated.</summary>
    void Verified(int boundary, bool isExact, double difference);
}

/// <summary>Members read from sessions that other batches wrote, when the ensemble is cut differently than before.</summary>
/// <param name="States">Each member's state, in order of members.</param>
/// <param name="OpenChunk">What was gathered of the chunk in progress.</param>
internal sealed record RestoredMembers(IReadOnlyList<Tensor> States, IReadOnlyList<FieldChunk> OpenChunk)
{
    /// <summary>Reads every member from the session that a plan names for it.</summary>
    public static RestoredMembers Read(
        MemberRange batch, IReadOnlyList<int> members, RestorePlan plan, Func<RestoreCandidate, CheckpointSession> open, DomainSlice? cut,
        IPerturbation perturbation, bool withFields)
    {
        var states = new SortedDictionary<int, Tensor>();
        var chunks = new List<FieldChunk>();
        foreach (var source in plan.Sources.GroupBy(s => s.Value))
        {
            var wanted = source.Select(s => s.Key).Order().ToList();
            using var session = open(source.Key);
            var bound = RolloutBinding.To(session, cut, wanted, withFields);
            foreach (var member in wanted)
                states[member] = bound.States.Holds(member)
                    ? bound.States.Take(member)
                    : throw new DataException($"The session {source.Key.Session} should hold the state of {batch.NameOf(member)} but does "
                        + "not. Start over with --fresh.");
            // What other members of that batch had is of no use here.
            bound.States.Clear();
            chunks.AddRange(bound.OpenChunk?.ChunksOf(wanted) ?? []);
            perturbation.Adopt(session, [.. wanted.Select(batch.MemberOf)]);
        }
        return new RestoredMembers([.. members.Select(member => states[member])], chunks);
    }
}
