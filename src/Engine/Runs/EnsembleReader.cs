using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>lead-times</c>, <c>ensemble</c>, <c>ranks</c> and <c>node</c>.</summary>
internal static class EnsembleReader
{
    // Folders of batches number their members with six digits.
    private const int MaxMembers = 1_000_000;

    // Folders of ranks number them with six digits.
    private const int MaxRanks = 1_000_000;

    public static LeadTimeSpec LeadTimes(SettingReader reader) => new(
        reader.Duration("lead-times.every", "6h") ?? TimeSpan.Zero,
        reader.Integer("lead-times.count", null, 1, int.MaxValue, "how many boundaries follow lead time zero"));

    public static EnsembleSpec Ensemble(SettingReader reader, InitialSpec initial)
    {
        var size = reader.Integer("ensemble.size", 1, 1, MaxMembers, "how many members the run has");
        var batch = reader.Integer("ensemble.batch-size", size, 1, MaxMembers, "how many members are stepped together");
        var seed = reader.Read("ensemble.seed", 0L, false, "a whole number that fits 64 bits with sign",
            (HoconScalar scalar, out long value) => scalar.TryInt64(out value));
        return new EnsembleSpec(size, batch, seed, PerturbationReader.Read(reader, initial));
    }

    public static RankSpec Ranks(SettingReader reader) => new(
        reader.Integer("ranks.count", 1, 1, MaxRanks, "how many ranks a batch's domain is cut into"),
        reader.Word<RankLauncher>("ranks.launcher", RankLauncher.InProcess) ?? RankLauncher.InProcess)
    {
        Command = Command(reader),
    };

    private static string Command(SettingReader reader)
    {
        const string key = "ranks.command";
        var command = reader.Text(
            key, RankSpec.UsualCommand, false, $"a command with {{count}} and {{rank}} in it, such as {RankSpec.UsualCommand}",
            text => text.Split(' ').Contains("{rank}") && text.Contains("{count}", StringComparison.Ordinal));
        reader.Context.Rules?.CheckCommand(reader, key, command);
        return command;
    }

    private static readonly WarningSignals[] Single = [WarningSignals.Usr1, WarningSignals.Usr2, WarningSignals.Xcpu];

    /// <summary>The words for signals.</summary>
    public static IEnumerable<string> Words(WarningSignals signals) =>
        Single.Where(s => signals.HasFlag(s)).Select(s => SpecText.Word(s));

    public static NodeSpec Node(SettingReader reader) => new(
        reader.IntegerOr("node.slots", "auto", null, "how many ranks are stepped side by side"))
    {
        WallClockLimit = reader.Read<TimeSpan?>(
            "node.wall-clock-limit", null, false, "a duration greater than zero with its unit, such as 12h, or auto",
            (HoconScalar scalar, out TimeSpan? limit) =>
            {
                limit = null;
                return scalar.Text == "auto" || SettingReader.TryDuration(scalar, out limit);
            }),
        WallClockMargin = reader.Read<TimeSpan?>(
            "node.wall-clock-margin", TimeSpan.FromMinutes(2), false, "a duration greater than zero with its unit, such as 2m",
            SettingReader.TryDuration) ?? TimeSpan.FromMinutes(2),
        StopSignals = Signals(reader),
    };

    private static WarningSignals Signals(SettingReader reader)
    {
        const string key = "node.stop-signals";
        if (reader.Find(key) is not { } value)
        {
            return WarningSignals.All;
        }

        var words = Single.ToDictionary(signal => SpecText.Word(signal), StringComparer.Ordinal);
        var named = value is HoconArray array ? array.Items.Select(i => (i as HoconScalar)?.Text ?? "").ToList() : [""];
        if (named.TrueForAll(words.ContainsKey))
        {
            return named.Aggregate(WarningSignals.None, (signals, name) => signals | words[name]);
        }

        reader.Wrong(key, value, $"a list of some of {string.Join(", ", words.Keys)}; [] for none");
        return WarningSignals.All;
    }
}
