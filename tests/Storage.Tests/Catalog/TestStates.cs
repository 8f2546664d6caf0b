using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;
using Cairn.Storage.State;

namespace Cairn.Storage.Tests.Catalog;

[CheckpointState(Id = "tests.Wind")]
public sealed class WindState
{
    public NdArray? U { get; set; }
    public int Step { get; set; }
}

[CheckpointState(Id = "tests.Noise")]
public sealed class DrawState
{
    public long Draws { get; set; }
}

/// <summary>A clock that a test moves by hand.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 16, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>Checkpoints on a simulated disk, with names and times that repeat.</summary>
internal sealed class TestCatalog(IDurableFiles files, CheckpointMode mode = CheckpointMode.Append, int process = 1)
{
    public const string Path = "/data/run/catalog";
    private int _ids;

    public List<CheckpointWarning> Warnings { get; } = [];
    public ManualTime Time { get; } = new();

    public CheckpointOptions Options => new()
    {
        Path = Path,
        Mode = mode,
        Files = files,
        Time = Time,
        Rank = 0,
        WorldSize = 1,
        Warn = Warnings.Add,
        NewId = () => $"{process:x4}{Interlocked.Increment(ref _ids):x8}",
    };

    public Checkpoint Checkpoint(Func<CheckpointOptions, CheckpointOptions>? with = null) => new("test", with?.Invoke(Options) ?? Options);

    public static WindState Wind(int step) => new() { Step = step, U = NdArray.From([step, step + 0.5, step * 2.0], 3) };

    public static Dictionary<string, object?> LeadTime(int hours) => new() { ["lead_time"] = new NumpyTimeDelta64(hours, "h") };

    /// <summary>Writes rows 1 to <paramref name="count"/>, one hour apart.</summary>
    public void WriteRows(int count, Func<CheckpointOptions, CheckpointOptions>? with = null)
    {
        using var session = Checkpoint(with).Open();
        var state = session.Bind(new WindState()).Value;
        for (var step = 1; step <= count; step++)
        {
            (state.Step, state.U) = (step, Wind(step).U);
            Time.Now += TimeSpan.FromMinutes(1);
            session.Write(LeadTime(step));
        }
    }
}
