using Cairn.Storage.Sessions;
using Newtonsoft.Json.Linq;

namespace Cairn.Storage.Catalog;

/// <summary>A restored row, or a new line of rows, that a workflow binds state to and writes boundaries of. Used by one thread; the files
/// of a commit may be written by another (<see cref="CheckpointStaging.Asynchronous"/>).</summary>
public sealed class CheckpointSession : IDisposable
{
    private readonly SessionStates _states;
    private readonly CaptureBuffers _buffers = new();
    private readonly BackgroundCommit _background = new();
    private readonly JObject _labels;
    private readonly FlushSchedule _schedule;
    private Dictionary<string, Payload> _pending = [];
    private bool _dirty;
    private bool _adopted;
    private bool _requested;
    private int _entered;
    private readonly SessionReader? _source;
    private Manifest? _manifest;
    private (string Id, DateTimeOffset SavedAt)? _parent;

    internal CheckpointSession(Checkpoint checkpoint, SessionReader? source, IReadOnlyList<CheckpointWarning> skipped)
    {
        (Checkpoint, Skipped, _source, _manifest) = (checkpoint, skipped, source, source?.Manifest);
        _parent = source is null ? null
            // Ranks without a coordinator are each on a line of their own.
            : checkpoint is { WorldSize: > 1, Epoch: 0 } ? (source.Manifest.Row.CommitId, source.SavedAt)
            : (source.SessionId, source.SavedAt);
        _labels = (JObject?)_manifest?.Labels.DeepClone() ?? [];
        WriteCount = _manifest?.Row.WriteCount ?? 0;
        _schedule = new FlushSchedule(checkpoint.Options);
        _states = new SessionStates(this, source);
    }

    /// <summary>Called after each commit with its row, once the commit is durable and the index rebuilt; by the staging thread when
    /// asynchronous.</summary>
    public event Action<CheckpointRow>? Committed;

    /// <summary>Raised with the failure of a background commit, on the thread that wrote it; the next call throws it too.</summary>
    public event Action<Exception>? Failed;

    public Checkpoint Checkpoint { get; }

    /// <summary>The restored row, later the newest that this session committed; null in a new session.</summary>
    public CheckpointRow? Row => Current?.Row;
    public bool Exists => Current is not null;
    public string? CommitId => Row?.CommitId;

    /// <summary>The metadata of <see cref="Row"/>.</summary>
    public IReadOnlyDictionary<string, object?> Metadata => Row?.Metadata ?? new Dictionary<string, object?>();

    /// <summary>One value of <see cref="Metadata"/>, or null if there is none with the name.</summary>
    public object? this[string name] => Metadata.GetValueOrDefault(name);

    /// <summary>The lead time of <see cref="Row"/>, if it has one.</summary>
    public TimeSpan? LeadTime => Row?.LeadTime;

    /// <summary>Boundaries counted so far; a workflow of several items may start over with each.</summary>
    public int WriteCount { get; set; }

    /// <summary>Boundaries between commits, or null when only <see cref="Flush"/> commits. With <see cref="AutoFlush"/> what the
    /// measurements say now.</summary>
    public int? FlushInterval => Checkpoint.Enabled ? _schedule.Interval : null;

    /// <summary>Whether the next <see cref="Write"/> will commit.</summary>
    public bool FlushDue => Checkpoint.Enabled && (_requested || _schedule.IsDue(WriteCount));

    /// <summary>The newer rows that were skipped before this one.</summary>
    public IReadOnlyList<CheckpointWarning> Skipped { get; }

    /// <summary>The labels of the restored row; a new session has none.</summary>
    public IReadOnlyDictionary<string, object?> Labels => Current?.Row.Labels ?? new Dictionary<string, object?>();

    /// <summary>Whether the session was entered and not yet left.</summary>
    public bool IsOpen => Volatile.Read(ref _entered) > 0;

    /// <summary>When it was entered, in the order of all sessions of this process.</summary>
    internal long EnteredAt { get; private set; }

    internal Manifest? Current => Volatile.Read(ref _manifest);

    /// <summary>Binds <paramref name="state"/>: restores it in place if the row holds a state of its id, and stores it with every commit
    /// from now on.</summary>
    /// <exception cref="CheckpointStateCollisionException">Another object with this state id is bound already.</exception>
    /// <exception cref="CheckpointStateSchemaException">The saved state has other fields or another schema.</exception>
    /// <exception cref="CheckpointSerializationException">A member of the state could not be stored and put back.</exception>
    public BoundState<T> Bind<T>(T state) where T : class => Bind(new BoundState<T>(state));

    /// <summary>Binds what was bound before, to this or another session, and gives it back.</summary>
    /// <inheritdoc cref="Bind{T}(T)"/>
    public BoundState<T> Bind<T>(BoundState<T> bound) where T : class => _states.Bind(bound) as BoundState<T>
        ?? throw new CheckpointStateCollisionException(
            $"This object was bound as another type than {typeof(T)} before: bind it as the type that it was bound as.");

    /// <summary>Makes the next <see cref="Write"/> commit, independent of the interval; <see cref="FlushDue"/> is true from now on. For
    /// code that decides for several ranks, which must all commit at one boundary: give them no interval, and request each commit before
    /// the step that precedes it. A request stays until a write has committed.</summary>
    public void RequestCommit() => _requested = Checkpoint.Enabled;

    /// <summary>Counts a boundary, merges <paramref name="metadata"/> into what every later commit records, and commits if the flush
    /// interval is reached.</summary>
    /// <param name="metadata">Scalars, times, lists, dictionaries and small arrays; arrays of one element become scalars.</param>
    /// <param name="beforeCommit">Run if this call commits: after the state is staged and durable, before it becomes visible; makes durable
    /// what belongs to the session (field output). If it throws, nothing is committed.</param>
    /// <returns>The committed row; null when nothing was due, or when staging is asynchronous.</returns>
    /// <exception cref="FencedException">A newer epoch has started.</exception>
    /// <exception cref="CheckpointSerializationException">A value cannot be stored.</exception>
    /// <exception cref="TransientException">The disk failed; counters are as before the call, and it may be repeated.</exception>
    /// <remarks>Asynchronous: waits for the commit in progress, copies the state, and returns. The failure of an earlier commit is thrown
    /// here before anything is counted; its metadata stays pending.</remarks>
    public CheckpointRow? Write(IReadOnlyDictionary<string, object?>? metadata = null, Action? beforeCommit = null)
    {
        if (!Checkpoint.Enabled)
            return null;

        _source?.Release();
        ReportFailure(wait: false);
        var due = FlushDue;
        return _schedule.Measure(isBoundary: true, due, () => CountBoundary(due, metadata, beforeCommit));
    }

    /// <summary>As <see cref="Write(IReadOnlyDictionary{string, object?}, Action)"/>, with the lead time and what else is
    /// recorded.</summary>
    /// <param name="leadTime">Recorded as <c>lead_time</c>.</param>
    /// <param name="metadata">Names and values; time spans are recorded as lead times are, as NumPy's.</param>
    public CheckpointRow? Write(TimeSpan leadTime, params (string Name, object? Value)[] metadata) =>
        Write(MetadataValues.Named([("lead_time", leadTime), .. metadata]));

    /// <inheritdoc cref="Write(TimeSpan, ValueTuple{string, object}[])"/>
    public CheckpointRow? Write(NumpyTimeDelta64 leadTime, params (string Name, object? Value)[] metadata) =>
        Write(MetadataValues.Named([("lead_time", leadTime), .. metadata]));

    /// <summary>As <see cref="Write(IReadOnlyDictionary{string, object?}, Action)"/>, with what is recorded.</summary>
    /// <param name="first">A name and its value.</param>
    /// <param name="more">Further ones; time spans are recorded as NumPy's.</param>
    public CheckpointRow? Write((string Name, object? Value) first, params (string Name, object? Value)[] more) =>
        Write(MetadataValues.Named([first, .. more]));

    private CheckpointRow? CountBoundary(bool due, IReadOnlyDictionary<string, object?>? metadata, Action? beforeCommit)
    {
        var before = (_pending, _dirty, WriteCount);
        (_pending, _dirty, WriteCount) = (Merged(metadata), true, WriteCount + 1);
        if (!due)
            return null;

        try
        {
            var row = Commit(_pending, beforeCommit);
            _requested = false;
            return row;
        }
        catch
        {
            (_pending, _dirty, WriteCount) = before;
            throw;
        }
    }

    /// <summary>Commits what is pending, or at once when given metadata; otherwise does nothing. Counts no boundary.</summary>
    /// <inheritdoc cref="Write"/>
    public CheckpointRow? Flush(IReadOnlyDictionary<string, object?>? metadata = null, Action? beforeCommit = null)
    {
        if (!Checkpoint.Enabled)
            return null;

        _source?.Release();
        ReportFailure(wait: false);
        return _dirty || metadata is { Count: > 0 }
            ? _schedule.Measure(isBoundary: false, commits: true, () => Commit(Merged(metadata), beforeCommit))
            : null;
    }

    /// <summary>As <see cref="Flush(IReadOnlyDictionary{string, object?}, Action)"/>, with what is recorded.</summary>
    /// <inheritdoc cref="Write(ValueTuple{string, object}, ValueTuple{string, object}[])"/>
    public CheckpointRow? Flush((string Name, object? Value) first, params (string Name, object? Value)[] more) =>
        Flush(MetadataValues.Named([first, .. more]));

    /// <summary>Waits for the commit in flight, if any, and reports a failure.</summary>
    public void Drain() => ReportFailure(wait: true);

    /// <summary>Opens the session: components bind to it from now on, until it has been disposed as often as it was entered.</summary>
    /// <exception cref="SpecException">Another session of this checkpoint is open.</exception>
    public CheckpointSession Enter()
    {
        if (!Checkpoint.Enabled)
        {
            // Components inside go on binding to whatever session is open around this one.
            _entered++;
            return this;
        }

        Checkpoint.SetOpen(this);
        EnteredAt = CheckpointScope.Push(this);
        Interlocked.Increment(ref _entered);
        if (_adopted)
            return this;

        try
        {
            _adopted = true;
            _states.Adopt();
            return this;
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Leaves the session, once for each time that it was entered. Waits for the commit in flight; a failure that was never
    /// reported becomes a warning here (call <see cref="Drain"/> to get it thrown). Nothing pending is committed: call <see cref="Flush"/>
    /// for that.</summary>
    public void Dispose()
    {
        if (_background.Wait() is { } failure)
        {
            _dirty = true;
            Checkpoint.Warn(new CheckpointWarning(
                Checkpoint.RankPath, failure.SourceException.Message, "The last commit was not made."));
        }

        if (IsOpen)
        {
            Leave();
            if (IsOpen)
                return;

            _states.Unbind();
        }

        _source?.Release();
        Checkpoint.End(this);
    }

    /// <summary>For messages: the session and its row, or that it is new.</summary>
    public override string ToString() => Row is { } row
        ? $"the session of {row.CommitId}{(row.LeadTime is { } at ? $" (lead time {at})" : "")}"
        : "the new session";

    private void Leave()
    {
        if (Checkpoint.Enabled)
            CheckpointScope.Pop(this);

        Interlocked.Decrement(ref _entered);
    }

    private Dictionary<string, Payload> Merged(IReadOnlyDictionary<string, object?>? metadata)
    {
        var merged = new Dictionary<string, Payload>(_pending, StringComparer.Ordinal);
        foreach (var (name, payload) in metadata is null ? [] : MetadataValues.Capture(metadata))
            merged[name] = payload;

        return merged;
    }

    private CheckpointRow? Commit(Dictionary<string, Payload> metadata, Action? beforeCommit)
    {
        ReportFailure(wait: true);
        _states.WarnOfUnstoredStates();
        // Only now: the previous commit has ended and no longer reads its buffers.
        _buffers.Reclaim();
        var request = Capture(metadata, beforeCommit);
        _pending = metadata;
        if (Checkpoint.Options.Staging == CheckpointStaging.Asynchronous)
        {
            _dirty = false;
            _background.Start(
                () => _schedule.MeasureWriting(() => Publish(Checkpoint.Commit(this, request))), failure => Failed?.Invoke(failure));
            return null;
        }

        _dirty = true;
        var manifest = Checkpoint.Commit(this, request);
        _dirty = false;
        Publish(manifest);
        return manifest.Row;
    }

    private Copies Copies => new(_buffers.Rent, Checkpoint.Options.TensorFactory);

    private CommitRequest Capture(Dictionary<string, Payload> metadata, Action? beforeCommit) => new()
    {
        CheckpointName = Checkpoint.Name,
        Mode = Checkpoint.Options.Mode,
        CommitId = string.Create(CultureInfo.InvariantCulture, $"commit_{WriteCount:00000000}_{Checkpoint.Options.NewId()}"),
        Rank = Checkpoint.Rank,
        WorldSize = Checkpoint.WorldSize,
        Labels = _labels,
        Metadata = metadata,
        WriteCount = WriteCount,
        States = Checkpoint.Options.Level == 0 ? [] : [.. _states.All.Select(b => StateCapture.Capture(b.State, Copies))],
        Epoch = Checkpoint.Epoch,
        Sequence = Checkpoint.NextSequence(),
        Parent = _parent?.Id,
        ParentSavedAt = new[] { _parent?.SavedAt, Current?.Node.SavedAt }.Max(),
        Fingerprint = Checkpoint.Options.Fingerprint,
        SpecDigest = Checkpoint.Options.SpecDigest,
        BeforeCommit = beforeCommit,
    };

    private void Publish(Manifest manifest)
    {
        // A rank cannot know which of its commits became sessions: its parent stays the session that its gang began from.
        _parent = Checkpoint.IsInGang ? _parent : (manifest.Row.CommitId, manifest.Node.SavedAt);
        Volatile.Write(ref _manifest, manifest);

        Committed?.Invoke(manifest.Row);
    }

    private void ReportFailure(bool wait)
    {
        if ((wait ? _background.Wait() : _background.Poll()) is { } failure)
        {
            _dirty = true;
            _schedule.CommitFailed();
            failure.Throw();
        }
    }
}
