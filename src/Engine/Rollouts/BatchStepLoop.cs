namespace Cairn.Engine.Rollouts;

/// <summary>Steps one batch from boundary to boundary, on the calling thread: model steps, health gate, fields, session. The order at a
/// boundary is the design's: a state that is not healthy becomes neither output nor session, and a session becomes durable only after the
/// fields of all lead times up to it.</summary>
internal sealed class BatchStepLoop : IDisposable
{
    private readonly IPrognosticModel _model;
    private readonly IReadOnlyList<int> _members;
    private readonly BoundarySchedule _schedule;
    private readonly OutputPlan _output;
    private readonly CheckpointSession? _session;
    private readonly FieldWriter? _writer;
    private readonly FieldChunks _chunks;
    private readonly BatchStepLoopParts _parts;
    private readonly RolloutBinding _bound;
    private readonly IBoundaryControl _control;
    private readonly float[] _host;
    private readonly Func<Tensor> _step;
    private readonly IStretchModel? _stretches;
    private readonly int _taken;
    private Tensor? _x;

    /// <summary>The lead time of the state during a step.</summary>
    private TimeSpan _leadTime;
    private bool _withinBounds = true;

    public BatchStepLoop(BatchStepLoopParts parts)
    {
        (_parts, _model, _members) = (parts, parts.Model, parts.Members);
        (_schedule, _output, _control) = (parts.Schedule, parts.Output, parts.Control);
        (_session, _bound, _writer) = (parts.Bound.Session, parts.Bound, parts.Writer);
        // Faults are injected at single steps.
        _stretches = parts.FaultInjection is null ? DiagnosedModel.Bare(_model) as IStretchModel : null;
        _taken = _stretches is null ? 1 : _schedule.StepsPerBoundary;
        _step = StepMeter.Timed(Step, _model.Description.Kind, _taken);
        _chunks = new FieldChunks(_members, _output.Variables, _output.FieldSize, _schedule.LeadTimesPerFile);
        var room = checked(_members.Count * _model.Description.OutputVariables.Count * _output.GridSize);
        _host = _writer is null ? [] : new float[room];
    }

    /// <summary>The boundary that the batch has reached, or -1 before lead time zero.</summary>
    public int Boundary { get; private set; } = -1;

    /// <summary>Model steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Begins at lead time zero.</summary>
    public void Begin(Tensor fields)
    {
        _chunks.Resume(0, []);
        Replace(Guarded("could not create its first state from the initial condition", TimeSpan.Zero, () => _parts.Seeds is { } seeds
            ? seeds.Apply(fields, 0, _model.Initialize)
            : _model.Initialize(fields)));
        AtBoundary(0);
    }

    /// <summary>Continues after a boundary with the state that this batch's own session kept.</summary>
    public void Resume(int boundary)
    {
        var kept = _bound.States;
        var missing = _members.Where(member => !kept.Holds(member)).ToList();
        if (missing.Count > 0)
            throw new DataException($"The session of {Batch} at lead time {LeadTimeText.Of(_schedule.LeadTime(boundary))} "
                + $"holds no state of member {string.Join(", ", missing.Select(_parts.Batch.MemberOf))}. Select an older session, or start "
                + "over with --fresh.");
        Resume(boundary, [.. _members.Select(kept.Take)], _bound.OpenChunk?.ChunksOf(_members) ?? []);
        kept.Clear();
    }

    /// <summary>Continues after a boundary with states from elsewhere.</summary>
    public void Resume(int boundary, IReadOnlyList<Tensor> members, IReadOnlyList<FieldChunk> openChunk)
    {
        var open = _schedule.OpenChunk(boundary);
        _chunks.Resume(open.First, openChunk);
        if (_writer is not null && _output.Writes(_schedule, 0) && _chunks.Pending != open.Count)
            throw new DataException($"The session of {Batch} at lead time {LeadTimeText.Of(_schedule.LeadTime(boundary))} "
                + $"holds {_chunks.Pending} lead times of the incomplete field chunk; expected {open.Count}. "
                + "Delete that session to restart from an older one.");
        using var stacked = stack(members);
        Replace(stacked.to(_model.Description.DType, _model.Description.Device));
        members.ToList().ForEach(member => member.Dispose());
        Boundary = boundary;
    }

    /// <summary>Commits a state that came from elsewhere, so that the batch's own catalog has it.</summary>
    public void Keep()
    {
        Capture();
        _control.Committing(Boundary);
        _session?.Flush(_parts.Metadata(Boundary), MakeDurable());
    }

    /// <summary>Steps to the last boundary, or to where the gang halts. Returns whether the end was reached; all is durable then.</summary>
    public bool Run()
    {
        while (Boundary < _schedule.Last && _control.MayStep(Boundary))
        {
            StepTo(Boundary + 1);
            AtBoundary(Boundary + 1);
        }
        Finish();
        return Boundary == _schedule.Last;
    }

    /// <summary>Steps to a later boundary without fields and sessions. Returns the state there; the caller disposes it.</summary>
    public Tensor Replay(int boundary)
    {
        while (Boundary < boundary)
        {
            StepTo(Boundary + 1);
            Boundary++;
        }
        var state = _x ?? throw new InvalidOperationException("The batch has no state yet.");
        _x = null;
        return state;
    }

    /// <summary>Whether a state has the bits of the current one.</summary>
    public bool HasBitsOf(Tensor state) => _x!.HasBitsOf(state);

    /// <summary>The largest absolute difference of a state to the current one.</summary>
    public double MaxDifference(Tensor state) => _x!.MaxDifference(state);

    public void Dispose() => _x?.Dispose();
    private bool FlushDue => _session?.FlushDue ?? false;
    private bool HasBounds => _model.Description.Bounds.Count > 0;
    private string Batch => _parts.Batch.ToString();

    /// <summary>One step of the model, or all to a boundary where it takes them at once; what it leaves undisposed goes with it.</summary>
    private Tensor Step()
    {
        _parts.FaultInjection?.BeforeStep(_schedule.LeadTime(Boundary + 1));
        using var scope = NewDisposeScope();
        var next = _stretches is not null ? _stretches.Steps(_x!, _leadTime, _taken)
            : _parts.Seeds is { } seeds
            ? seeds.Apply(_x!, (_leadTime.Ticks / _model.Description.Step.Ticks) + 1, x => _model.Step(x, _leadTime))
            : _model.Step(_x!, _leadTime);
        return next.DetachFromDisposeScope();
    }

    private void StepTo(int boundary)
    {
        var leadTime = _schedule.LeadTime(boundary);
        var before = leadTime - (_schedule.StepsPerBoundary * _model.Description.Step);
        for (var step = 0; step < _schedule.StepsPerBoundary; step += _taken)
        {
            _leadTime = before + (step * _model.Description.Step);
            Replace(Guarded("failed in a step", leadTime, _step));
            Steps += _taken;
        }
        if (_parts.FaultInjection?.Poison(leadTime, _x!) is { } poisoned)
            Replace(poisoned);
    }

    /// <summary>Calls the model; its failure has the lead time that was to be reached, and the member if it can be found.</summary>
    private Tensor Guarded(string what, TimeSpan leadTime, Func<Tensor> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (TorchException.Is(e) || e is StepException { LeadTime: null })
        {
            var member = MemberAtFault(e as StepException);
            var who = member is not { } number || _members.Count == 1 ? Batch : $"{Batch}, member {_parts.Batch.MemberOf(number)}";
            throw new StepException(
                $"{who}: the {_model.Description.Kind} model {what} (lead time {LeadTimeText.Of(leadTime)}): {e.Message}", e)
            {
                Member = member,
                LeadTime = leadTime,
            };
        }
    }

    /// <summary>A model knows the members of an initial time; a batch numbers those of all.</summary>
    private int? MemberAtFault(StepException? error) => error?.Member is { } ofTime
        ? _parts.Batch.NumberOf(ofTime)
        : FailingMemberSearch.Find(_model, _x, _leadTime, _members, _parts.Cut is not null);

    private Tensor FieldsAt(TimeSpan leadTime) => Guarded("could not compute fields from its state", leadTime, () => _model.Fields(_x!));

    private void AtBoundary(int boundary)
    {
        var leadTime = _schedule.LeadTime(boundary);
        var written = _output.Writes(_schedule, boundary);
        if (_control.CommitsAt(boundary))
            _session?.RequestCommit();
        var commits = FlushDue;
        // Bounds are those of fields; they are worked out only for what becomes output or a session.
        using var fields = written || (commits && HasBounds) ? FieldsAt(leadTime) : null;
        HealthGate.Check(_model.Description, _parts.Batch, _members, leadTime, _x!, fields);
        _withinBounds = fields is not null || !HasBounds;
        if (written)
            Gather(fields!);
        Boundary = boundary;
        Write(commits);
        _control.Reached(boundary, leadTime, Steps);
    }

    /// <summary>Counts the boundary and, if one is due, commits; the failure of an earlier commit is reported to the gang first.</summary>
    private void Write(bool commits)
    {
        if (_session is null)
            return;
        if (commits)
        {
            _ = _control.AwaitDecision();
            // The gang may have given up a commit that this rank is still at: until it is through, its reports are about that one.
            Tolerating(_session.Drain);
            Capture();
            _control.Committing(Boundary);
        }
        Tolerating(() => _session.Write(_parts.Metadata(Boundary), MakeDurable()));
    }

    /// <summary>A call of the session throws the failure of the commit before it; the call is repeated after the report.</summary>
    private void Tolerating(Action call)
    {
        while (true)
        {
            try
            {
                call();
                return;
            }
            catch (TransientException e) when (_control.CanGoOnAfter(e))
            {
                // Reported to the gang; a later commit replaces the one that failed.
            }
        }
    }

    private void Finish()
    {
        if (!_withinBounds)
        {
            using var fields = FieldsAt(_schedule.LeadTime(Boundary));
            HealthGate.Check(_model.Description, _parts.Batch, _members, _schedule.LeadTime(Boundary), _x!, fields);
        }
        _writer?.Write(_chunks.Open());
        CommitAtEnd();
        _writer?.MakeDurable();
    }

    /// <summary>Commits the boundary that the batch has reached, until it is a session of the gang or the gang gives up.</summary>
    private void CommitAtEnd()
    {
        if (_session is null)
            return;
        while (_control.AwaitDecision() is { } newest && newest != Boundary)
        {
            Tolerating(_session.Drain);
            Capture();
            _control.Committing(Boundary);
            Tolerating(() => _session.Flush(_parts.Metadata(Boundary), MakeDurable()));
            Tolerating(_session.Drain);
        }
        if (_control.AwaitDecision() is null)
        {
            // The session alone decides: it knows whether anything is pending.
            Capture();
            _ = _session.Flush(beforeCommit: MakeDurable());
            _session.Drain();
        }
    }

    /// <summary>What a commit does before it becomes visible.</summary>
    private Action? MakeDurable()
    {
        if (_parts.FaultInjection is not { } faults)
            return _writer is null ? null : _writer.MakeDurable;
        var leadTime = _schedule.LeadTime(Boundary);
        return () =>
        {
            faults.BeforeCommit(leadTime);
            _writer?.MakeDurable();
        };
    }

    private void Gather(Tensor fields)
    {
        _parts.Gather!.Gather(fields, _host);
        if (_writer is null)
            return;
        for (var i = 0; i < _members.Count; i++)
        {
            for (var v = 0; v < _output.Variables.Count; v++)
                _output.CutOut(_host, i, v, _chunks.Next(_members[i], v));
        }
        _writer.Write(_chunks.EndLeadTime());
    }

    /// <summary>Makes the bound state what it is now; the session copies it before it returns, so views of the batch will do.</summary>
    private void Capture()
    {
        _bound.States.Clear();
        if (!_bound.KeepsModelState)
            return;
        _bound.Keep(_members, _x!, _schedule.LeadTime(Boundary));
        _bound.OpenChunk?.Keep(_chunks.Open(), _output.FieldSize);
    }

    private void Replace(Tensor next)
    {
        _x?.Dispose();
        _x = next;
    }
}

/// <summary>What a <see cref="BatchStepLoop"/> works with.</summary>
/// <param name="Model">The model, shared between batches; of a rank, its part of it.</param>
/// <param name="Batch">The batch, for messages.</param>
/// <param name="Members">The members that are stepped, in order.</param>
/// <param name="Output">Which fields are written, and how they are cut out.</param>
/// <param name="Bound">The session to write boundaries into, with the state bound to it.</param>
/// <param name="Writer">Where whole chunks go; null on ranks that write none.</param>
/// <param name="Gather">Brings the fields of all ranks together on the one that writes them; null where none are written.</param>
/// <param name="Metadata">What is recorded at a boundary.</param>
/// <param name="Control">The gang.</param>
internal sealed record BatchStepLoopParts(
    IPrognosticModel Model,
    MemberRange Batch,
    IReadOnlyList<int> Members,
    BoundarySchedule Schedule,
    OutputPlan Output,
    RolloutBinding Bound,
    FieldWriter? Writer,
    FieldGather? Gather,
    Func<int, IReadOnlyDictionary<string, object?>> Metadata,
    IBoundaryControl Control)
{
    /// <summary>The rank's part of a member's state; null where the domain is whole.</summary>
    public DomainSlice? Cut { get; init; }

    /// <summary>Faults that are injected on purpose.</summary>
    public FaultInjection? FaultInjection { get; init; }

    /// <summary>The draws of a stochastic model; null where steps draw nothing.</summary>
    public SeededSteps? Seeds { get; init; }
}
