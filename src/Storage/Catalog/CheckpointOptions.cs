using Microsoft.Extensions.Logging;

namespace Cairn.Storage.Catalog;

/// <summary>How a catalog grows.</summary>
public enum CheckpointMode
{
    /// <summary>Rows accumulate, up to the history size if one is given.</summary>
    Append,

    /// <summary>Only the newest row stays in the catalog; one older valid session is kept on disk beside it.</summary>
    Overwrite,
}

/// <summary>What a commit survives.</summary>
public enum CheckpointDurability
{
    /// <summary>Loss of power: every file and directory is fsynced before the commit is reported.</summary>
    Full,

    /// <summary>The death of the process only.</summary>
    None,
}

/// <summary>Who writes a commit.</summary>
public enum CheckpointStaging
{
    /// <summary>The caller of <c>Write</c>, which returns the row.</summary>
    Synchronous,

    /// <summary>A thread of its own: <c>Write</c> returns once the state has been copied. At most one commit is in flight.</summary>
    Asynchronous,
}

/// <summary>Settings of a <see cref="Checkpoint"/>.</summary>
public sealed record CheckpointOptions
{
    // Asked for once: it reads files of /proc.
    private static readonly long QuarterOfMemory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    /// <summary>The catalog's root, or null for the default place of its name (see <see cref="CheckpointPaths"/>).</summary>
    public string? Path { get; init; }
    public CheckpointMode Mode { get; init; } = CheckpointMode.Overwrite;

    /// <summary>Boundaries between commits, from 1; null leaves committing to <c>Flush</c>.</summary>
    public int? FlushInterval { get; init; } = 1;

    /// <summary>Derives the interval from measurements instead; then <see cref="FlushInterval"/> is not used.</summary>
    public AutoFlush? AutoFlush { get; init; }

    /// <summary>How many rows append mode keeps, from 1; null keeps all.</summary>
    public int? HistorySize { get; init; }

    /// <summary>0 stores progress and metadata only, 1 also what is needed to restart an item of work, 2 what is needed inside a
    /// rollout.</summary>
    public int Level { get; init; } = 2;
    public CheckpointDurability Durability { get; init; } = CheckpointDurability.Full;
    public CheckpointStaging Staging { get; init; } = CheckpointStaging.Synchronous;

    /// <summary>This process's rank; null detects it from the launcher's variables (see <see cref="RankDetection"/>).</summary>
    public int? Rank { get; init; }

    /// <summary>How many ranks there are; null detects it.</summary>
    public int? WorldSize { get; init; }
    public IDurableFiles Files { get; init; } = new PosixFiles();
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The device on which components should keep copies of the tensors that they store; told to them by
    /// <see cref="BoundState{T}.Device"/>. What a component binds is stored from wherever it is.</summary>
    /// <exception cref="SpecException">PyTorch knows no such device.</exception>
    public TorchDeviceName Device
    {
        get;
        init => field = value.Exists ? value : throw new SpecException($"The checkpoint's device: {value.Refusal}");
    }

    = new("cpu");

    /// <summary>Stores tensors and makes those of restored states. By default TorchSharp's, which Cairn.Engine brings where a program
    /// references it; without one, tensors restore into properties of type NdArray only.</summary>
    public ITensorFactory? TensorFactory
    {
        get => field ?? DefaultTensors.Factory;
        init;
    }

    /// <summary>What the bits of this run depend on beside its spec (libtorch build, threads, …); recorded with every session.</summary>
    public IReadOnlyDictionary<string, string>? Fingerprint { get; init; }

    /// <summary>The digest of the run's spec; recorded with every session.</summary>
    public string? SpecDigest { get; init; }

    /// <summary>Receives a message about everything that was skipped, restored late or tidied up with a defect. By default the
    /// <see cref="Logger"/>, and without one, a line on standard error.</summary>
    public Action<CheckpointWarning> Warn
    {
        get => field ?? (Logger is { } logger ? warning => logger.Warned(warning) : CheckpointWarning.ToStandardError);
        init;
    }

    /// <summary>The host's log, which receives warnings instead of standard error.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Where names come from: returns 12 hexadecimal digits, never the same twice.</summary>
    public Func<string> NewId { get; init; } = static () =>
        System.Security.Cryptography.RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>The most bytes of arrays that a restore keeps between verifying a session and binding its states; what is beyond is read
    /// twice. A quarter of the memory, so that the session and the state that it is restored into find room together.</summary>
    internal long ReadAheadBytes { get; init; } = QuarterOfMemory;

    internal int? History => Mode == CheckpointMode.Overwrite ? 1 : HistorySize;

    /// <summary>These options, if every setting is in range.</summary>
    internal CheckpointOptions Validated()
    {
        Require(FlushInterval is null or >= 1, $"flush interval is {FlushInterval}; expected a number of boundaries from 1, or none");
        Require(AutoFlush?.Defect() is null, $"automatic flush interval: its {AutoFlush?.Defect()}");
        Require(HistorySize is null or >= 1, $"history size is {HistorySize}; expected a number of rows from 1, or none");
        Require(Level is >= 0 and <= 2, $"level is {Level}; expected 0, 1 or 2");
        return this;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new SpecException($"The checkpoint's {message}.");
    }
}
