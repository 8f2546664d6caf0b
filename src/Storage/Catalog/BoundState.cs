namespace Cairn.Storage.Catalog;

/// <summary>A state object together with the checkpoint that stores it.</summary>
/// <typeparam name="T">The state class, marked <c>[CheckpointState]</c>.</typeparam>
public sealed class BoundState<T> : IBoundState where T : class
{
    private CheckpointSession? _session;
    private Checkpoint? _checkpoint;

    internal BoundState(T value) => Value = value;

    /// <summary>The state itself; restored in place when the session is of an existing row.</summary>
    public T Value { get; }

    /// <summary>Converts to the state itself: <c>RolloutState state = session.Bind(new RolloutState());</c></summary>
    public static implicit operator T(BoundState<T> bound) => bound.Value;

    /// <summary>Whether a checkpoint stores this state.</summary>
    public bool Enabled => _checkpoint is not null;

    /// <summary>The checkpoint's level; 0 without one.</summary>
    public int Level => _checkpoint?.Options.Level ?? 0;

    /// <summary>Whether the value was restored from the selected row.</summary>
    public bool StateLoaded { get; private set; }

    /// <summary>Whether the session is of an existing row.</summary>
    public bool Selected => _session?.Exists ?? false;

    /// <summary>The selected row's lead time, if it has one.</summary>
    public TimeSpan? LeadTime => _session?.LeadTime;

    /// <summary>The selected row's metadata.</summary>
    public IReadOnlyDictionary<string, object?> Metadata => _session?.Metadata ?? new Dictionary<string, object?>();

    /// <summary>The labels of the session.</summary>
    public IReadOnlyDictionary<string, object?> Labels => _session?.Labels ?? new Dictionary<string, object?>();

    /// <summary>Boundaries counted in the session.</summary>
    public int WriteCount => _session?.WriteCount ?? 0;

    /// <summary>Boundaries between commits, or null.</summary>
    public int? FlushInterval => _session is null ? _checkpoint?.Options.FlushInterval : _session.FlushInterval;

    /// <summary>Where the owner keeps the tensors that it stores (<see cref="CheckpointOptions.Device"/>); <c>cpu</c> without a
    /// checkpoint.</summary>
    public State.TorchDeviceName Device => _checkpoint?.Options.Device ?? new State.TorchDeviceName("cpu");

    /// <summary>Whether the next boundary will commit: the moment to copy costly state into <see cref="Value"/>.</summary>
    public bool FlushDue => _session?.FlushDue ?? false;

    /// <summary>The state's own text.</summary>
    public override string ToString() => Value.ToString() ?? "";

    object IBoundState.State => Value;

    void IBoundState.Attach(Checkpoint? checkpoint, CheckpointSession? session, bool loaded)
    {
        _checkpoint = checkpoint;
        _session = session;
        StateLoaded = loaded;
    }
}

/// <summary>A bound state of any type.</summary>
internal interface IBoundState
{
    object State { get; }

    void Attach(Checkpoint? checkpoint, CheckpointSession? session, bool loaded);
}
