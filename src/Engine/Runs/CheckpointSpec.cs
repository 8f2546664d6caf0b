using Cairn.Engine.Chm;

namespace Cairn.Engine.Runs;

/// <summary>Where and how often sessions are committed.</summary>
public sealed record CheckpointSpec
{
    /// <summary>Absolute path of the run's folder: <c>run.json</c> and one catalog per batch.</summary>
    public required string Path { get; init; }

    /// <summary>What happens to older sessions.</summary>
    public CheckpointMode Mode { get; init; } = CheckpointMode.Append;

    /// <summary>A commit every this many boundaries, or null: for one at the end or at a stop only (<c>none</c>), or for
    /// <see cref="AutoFlush"/>.</summary>
    public int? FlushInterval { get; init; } = 1;

    /// <summary>Whether the interval follows from what commits cost and how often the batch failed (<c>auto</c>).</summary>
    public bool AutoFlush { get; init; }

    /// <summary>How many sessions <see cref="CheckpointMode.Append"/> keeps, or null for all.</summary>
    public int? HistorySize { get; init; }

    /// <summary>0 stores no component state, 1 what restores the workflow, 2 what restores the model too.</summary>
    public int Level { get; init; } = 2;

    /// <summary>Whether a commit must survive power loss.</summary>
    public CheckpointDurability Durability { get; init; } = CheckpointDurability.Full;

    /// <summary>What to do when the run is resumed under other numerics.</summary>
    public FingerprintPolicy OnFingerprintChange { get; init; } = FingerprintPolicy.Refuse;

    /// <summary>What is written and read in CHM's format besides; null for models that are no mesh.</summary>
    public ChmSpec? Chm { get; init; }

    /// <summary>The most model steps that a restart repeats from the session before the one that it restores, to see whether they end in
    /// the same bits; 0 for none.</summary>
    public int VerifyResume { get; init; }
}

/// <summary>The settings of <c>checkpoint</c>; those of mesh models are CHM's.</summary>
internal static class CheckpointSettings
{
    public static readonly SettingSection<CheckpointSpec> Section = new("checkpoint", spec => spec.Checkpoint);

    private static readonly Setting<string> Path = Section.Add(
        "path", OutputFolder("the run's folder for checkpoints"), c => c.Path, isOfRun: true, example: "out/january-winds/checkpoints",
        help: "The run's folder: run.json and a catalog for each batch.");

    private static readonly Setting<CheckpointMode> Mode = Section.Add(
        "mode", Word<CheckpointMode>(), c => c.Mode, usual: CheckpointMode.Append,
        help: "What happens to older sessions: append keeps them, overwrite offers only the newest.");

    private static readonly Setting<Cadence> FlushInterval = Section.Add(
        "flush-interval", Cadence.Type, c => new Cadence(c.FlushInterval, c.AutoFlush), usual: new Cadence(1, false),
        help: "A commit every N boundaries; none for one only at the end and at a stop; or auto: the interval with the lowest expected "
            + "cost, from the measured cost of a commit, the time of a boundary and the failures so far (Young 1974, Daly 2006).");

    private static readonly Setting<int?> HistorySize = Section.Add(
        "history-size", IntegerOr("none", "how many sessions are kept"), c => c.HistorySize, usual: null,
        only: Mode.Is(CheckpointMode.Append), help: "How many sessions are kept, or none for all.");

    private static readonly Setting<int> Level = Section.Add(
        "level", Integer("how much state is stored", 0, 2), c => c.Level, usual: 2,
        help: "How much state is stored: 0 no component state, 1 what restores the workflow, 2 what restores the model too.");

    private static readonly Setting<CheckpointDurability> Durability = Section.Add(
        "durability", Word<CheckpointDurability>(), c => c.Durability, usual: CheckpointDurability.Full,
        help: "Whether commits survive power loss: full, or none (then they survive only a killed process).");

    private static readonly Setting<FingerprintPolicy> OnFingerprintChange = Section.Add(
        "on-fingerprint-change", Word<FingerprintPolicy>(), c => c.OnFingerprintChange, usual: FingerprintPolicy.Refuse,
        help: "What to do when the run is resumed with other numerics: refuse or warn.");

    private static readonly Setting<int> VerifyResume = Section.Add(
        "verify-resume", Integer("how many steps a restart may repeat to verify itself", 0), c => c.VerifyResume, usual: 0,
        help: "The most model steps that a restart repeats from the session before the one that it restores, to check whether they end "
            + "in the same bits; the result is reported and recorded in the journal. 0 for none.");

    public static CheckpointSpec Read(SettingReader reader, ModelKind? kind)
    {
        var path = reader.Get(Path);
        var mode = reader.Get(Mode);
        var (interval, isAuto) = Cadence.Read(reader, FlushInterval);
        return new CheckpointSpec
        {
            Path = path,
            Chm = kind is MeshKind ? ChmSettings.Read(reader, path) : null,
            Mode = mode,
            FlushInterval = interval,
            AutoFlush = isAuto,
            HistorySize = mode == CheckpointMode.Append ? reader.Get(HistorySize) : null,
            Level = reader.Get(Level),
            Durability = reader.Get(Durability),
            OnFingerprintChange = reader.Get(OnFingerprintChange),
            VerifyResume = reader.Get(VerifyResume),
        };
    }

    /// <summary>How often commits are made.</summary>
    private sealed record Cadence(int? Interval, bool IsAuto)
    {
        private static readonly SettingType<int?> Number = IntegerOr("none", "auto, or every how many boundaries a commit is made");

        public static readonly SettingType<Cadence> Type = new("whole number, none or auto", Number.Expected, TryRead, Write);

        // An explicit null says the same as "none"; only a missing key takes the default.
        public static Cadence Read(SettingReader reader, Setting<Cadence> setting) =>
            reader.Root.Find(setting.Key.Split('.')) is HoconScalar { IsNull: true } ? new Cadence(null, false) : reader.Get(setting);

        private static bool TryRead(SettingReader reader, string key, HoconValue value, out Cadence cadence)
        {
            var isAuto = value is HoconScalar { Text: "auto" };
            int? interval = null;
            var isGood = isAuto || Number.TryRead(reader, key, value, out interval);
            cadence = new Cadence(interval, isAuto);
            return isGood;
        }

        private static JsonNode? Write(Cadence cadence) => cadence.IsAuto ? "auto" : Number.Write(cadence.Interval);
    }
}

/// <summary>CHM's checkpoints of a mesh run.</summary>
/// <param name="Output">
/// Absolute path of what CHM calls the output's folder: <c>checkpoint/</c> and <c>clean_exit</c> are in it.
/// </param>
/// <param name="Settings">When they are saved, and which one the run begins from.</param>
public sealed record ChmSpec(string Output, ChmCheckpointSettings Settings)
{
    /// <summary>The folder's name in the run's folder, unless <c>checkpoint.chm-output</c> says otherwise.</summary>
    public const string UsualFolder = "chm";
}

/// <summary>The setting of <c>checkpoint</c> that says where CHM's checkpoints are; CHM's own are those of its section.</summary>
internal static class ChmSettings
{
    public static readonly SettingSection<ChmSpec> Section = new(
        "checkpoint", spec => spec.Checkpoint.Chm, ModelSettings.Kind.Is(MeshKind.Name));

    private static readonly Setting<string> Output = Section.Add(
        "chm-output", OutputFolder("the folder for CHM's checkpoints"), chm => chm.Output, isOfRun: true,
        unset: "chm in the run's folder", example: "out/granger-winter/chm",
        help: "CHM's output folder, with checkpoint/ and clean_exit. By default chm in the run's folder. Besides its own sessions, a run "
            + "saves CHM's checkpoints (one NetCDF file per rank and a JSON), with the session at or after the step at which they are "
            + "due, and can start from one. The settings below have CHM's names; see docs/chm.md.");

    public static ChmSpec Read(SettingReader reader, string runFolder) =>
        new(reader.Get(Output, Path.Combine(runFolder, ChmSpec.UsualFolder)), ChmCheckpointReader.ReadAmong(reader));
}
