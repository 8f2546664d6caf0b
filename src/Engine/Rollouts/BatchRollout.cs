using System.Runtime.InteropServices;
using Cairn.Engine.Models;
using Cairn.Engine.Torch;
using Cairn.Storage.Catalog;

namespace Cairn.Engine.Rollouts;

/// <summary>
/// Steps one batch from boundary to boundary, on the calling thread: model steps, health gate, fields, session. The order at a boundary
/// is the design's: a state that is not healthy becomes neither output nor session, and a session becomes durable only after the fields
/// of all lead times up to it.
/// </summary>
internal sealed class BatchRollout : IDisposable
{
    private readonly IPrognosticModel _model;
    private readonly MemberRange _batch;
    private readonly BoundarySchedule _schedule;
    private readonly OutputPlan _output;
    private readonly CheckpointSession? _session;
    private readonly FieldWriter _writer;
    private readonly FieldChunks _chunks;
    private readonly Func<int, IReadOnlyDictionary<string, object?>> _metadata;
    private readonly Action<RunEvent> _tell;
    private readonly RolloutBinding _bound;
    private readonly float[] _host;
    private readonly Func<Tensor> _step;
    private Tensor? _x;
    private bool _withinBounds = true;

    public BatchRollout(BatchRolloutParts parts)
    {
        _model = parts.Model;
        _batch = parts.Batch;
        _schedule = parts.Schedule;
        _output = parts.Output;
        _session = parts.Bound.Session;
        _bound = parts.Bound;
        _writer = parts.Writer;
        _metadata = parts.Metadata;
        _tell = parts.Tell;
        _step = () => _model.Step(_x!);
        _chunks = new FieldChunks(_batch, _output.Variables, _output.FieldSize, _schedule.LeadTimesPerChunk);
        _host = new float[checked(_batch.Count * _model.Description.OutputVariables.Count * _output.GridSize)];
    }

    /// <summary>The boundary that the batch stands at, or -1 before lead time zero.</summary>
    public int Boundary { get; private set; } = -1;

    /// <summary>Model steps taken so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Begins at lead time zero.</summary>
    /// <param name="fields"><c>[batch, input variable, latitude, longitude]</c>, perturbed.</param>
    public void Begin(Tensor fields)
    {
        _chunks.Resume(0, []);
        Replace(Guarded("could not make its first state from the initial condition", TimeSpan.Zero, () => _model.Initialize(fields)));
        AtBoundary(0);
    }

    /// <summary>Goes on after a boundary with the state that this batch's own session kept.</summary>
    public void Resume(int boundary)
    {
        var kept = _bound.State.Members;
        var missing = _batch.Members.Where(member => !kept.ContainsKey(MemberKey.Of(member))).ToList();
        if (missing.Count > 0)
        {
            throw new DataException($"The session of {_batch} at lead time {LeadTimeText.Of(_schedule.LeadTime(boundary))} "
                + $"holds no state of member {string.Join(", ", missing)}. Select an older session, or start over with --fresh.");
        }

        Resume(boundary, [.. _batch.Members.Select(member => kept[MemberKey.Of(member)])], _bound.OpenChunk.ChunksOf(_batch));
        _bound.State.Members = [];
    }

    /// <summary>Goes on after a boundary with states from elsewhere.</summary>
    /// <param name="boundary">The boundary whose fields were written before.</param>
    /// <param name="members">Each member's state, in order of members; disposed here.</param>
    /// <param name="openChunk">What was gathered of the chunk in progress.</param>
    public void Resume(int boundary, IReadOnlyList<Tensor> members, IReadOnlyList<FieldChunk> openChunk)
    {
        var open = _schedule.OpenChunk(boundary);
        _chunks.Resume(open.First, openChunk);
        if (_output.Writes(_schedule, 0) && _chunks.Pending != open.Count)
        {
            throw new DataException($"The session of {_batch} at lead time {LeadTimeText.Of(_schedule.LeadTime(boundary))} "
                + $"holds {_chunks.Pending} lead times of the field chunk in progress; expected {open.Count}. "
                + "Delete that session to restart from an older one.");
        }

        using var stacked = Tensor.Stack([.. members]);
        Replace(stacked.To(_model.Description.Device, _model.Description.DType));
        foreach (var member in members)
        {
            member.Dispose();
        }

        Boundary = boundary;
    }

    /// <summary>
    /// Commits the state that the batch stands at, where it came from elsewhere: from now on the batch's own folder has it.
    /// </summary>
    public void Keep()
    {
        Capture();
        _session?.Flush(_metadata(Boundary), _writer.MakeDurable);
    }

    /// <summary>
    /// Steps to the last boundary, or to the next one after <paramref name="stop"/> is asked for. Returns whether the end was reached.
    /// </summary>
    public bool Run(CancellationToken stop)
    {
        while (Boundary < _schedule.Last && !stop.IsCancellationRequested)
        {
            var leadTime = _schedule.LeadTime(Boundary + 1);
            for (var step = 0; step < _schedule.StepsPerBoundary; step++)
            {
                Replace(Guarded("failed in a step", leadTime, _step));
                Steps++;
            }

            AtBoundary(Boundary + 1);
        }

        Finish();
        return Boundary == _schedule.Last;
    }

    public void Dispose()
    {
        _x?.Dispose();
    }

    private bool FlushDue => _session?.FlushDue ?? false;

    private bool HasBounds => _model.Description.Bounds.Count > 0;

    /// <summary>Calls the model; its failure tells the lead time that was to be reached, and the member where it can only be one.</summary>
    private Tensor Guarded(string what, TimeSpan leadTime, Func<Tensor> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is TorchException or StepException { LeadTime: null })
        {
            var message = $"{_batch}: the {_model.Description.Kind} model {what} (lead time {LeadTimeText.Of(leadTime)}): {e.Message}";
            throw new StepException(message, e)
            {
                Member = _batch.Count == 1 ? _batch.First : null,
                LeadTime = leadTime,
            };
        }
    }

    private Tensor FieldsAt(TimeSpan leadTime) => Guarded("could not make fields of its state", leadTime, () => _model.Fields(_x!));

    private void AtBoundary(int boundary)
    {
        var leadTime = _schedule.LeadTime(boundary);
        var written = _output.Writes(_schedule, boundary);
        // Bounds are those of fields; they are worked out only for what becomes output or a session.
        using var fields = written || (FlushDue && HasBounds) ? FieldsAt(leadTime) : null;
        HealthGate.Check(_model.Description, _batch, leadTime, _x!, fields);
        _withinBounds = fields is not null || !HasBounds;
        if (written)
        {
            Gather(fields!);
        }

        Boundary = boundary;
        if (FlushDue)
        {
            Capture();
        }

        _session?.Write(_metadata(boundary), _writer.MakeDurable);
        _tell(new BoundaryReached(boundary, leadTime, Steps));
    }

    private void Finish()
    {
        if (!_withinBounds)
        {
            using var fields = FieldsAt(_schedule.LeadTime(Boundary));
            HealthGate.Check(_model.Description, _batch, _schedule.LeadTime(Boundary), _x!, fields);
        }

        _writer.Write(_chunks.Open());
        Capture();
        _session?.Flush(beforeCommit: _writer.MakeDurable);
        _session?.Drain();
        _writer.MakeDurable();
    }

    private void Gather(Tensor fields)
    {
        using var host = fields.To(TorchDevice.Cpu, TorchDType.Float32);
        host.CopyTo(MemoryMarshal.AsBytes(_host.AsSpan()));
        foreach (var member in _batch.Members)
        {
            for (var v = 0; v < _output.Variables.Count; v++)
            {
                _output.CutOut(_host, member - _batch.First, v, _chunks.Next(member, v));
            }
        }

        _writer.Write(_chunks.EndLeadTime());
    }

    /// <summary>Makes the bound state what it is now; the session copies it before it returns, so views of the batch will do.</summary>
    private void Capture()
    {
        foreach (var old in _bound.State.Members.Values)
        {
            old.Dispose();
        }

        if (!_bound.KeepsModelState)
        {
            return;
        }

        _bound.State.Members = _batch.Members.ToDictionary(
            MemberKey.Of, member => _x!.Select(member - _batch.First), StringComparer.Ordinal);
        _bound.OpenChunk.Keep(_chunks.Open(), _output.FieldSize);
    }

    private void Replace(Tensor next)
    {
        _x?.Dispose();
        _x = next;
    }
}

/// <summary>What a <see cref="BatchRollout"/> works with.</summary>
/// <param name="Model">The model, shared between batches.</param>
/// <param name="Batch">Its members.</param>
/// <param name="Schedule">Its boundaries.</param>
/// <param name="Output">Which fields are written, and how they are cut out.</param>
/// <param name="Bound">The session to write boundaries into, with the state bound to it.</param>
/// <param name="Writer">Where whole chunks go.</param>
/// <param name="Metadata">What is recorded at a boundary.</param>
/// <param name="Tell">Is told of boundaries.</param>
internal sealed record BatchRolloutParts(
    IPrognosticModel Model,
    MemberRange Batch,
    BoundarySchedule Schedule,
    OutputPlan Output,
    RolloutBinding Bound,
    FieldWriter Writer,
    Func<int, IReadOnlyDictionary<string, object?>> Metadata,
    Action<RunEvent> Tell);
