using Cairn.Hocon.Values;

namespace Cairn.Engine.Runs;

/// <summary>Reads <c>lead-times</c>, <c>ensemble</c>, <c>ranks</c> and <c>node</c>.</summary>
internal static class EnsembleReader
{
    // Folders of batches number their members with six digits.
    private const int MaxMembers = 1_000_000;

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

    public static RankSpec Ranks(SettingReader reader)
    {
        var count = reader.Read("ranks.count", 1, false, "1: this version runs whole domains only", (HoconScalar scalar, out int value) =>
        {
            value = 1;
            return scalar.TryInt64(out var given) && given == 1;
        });
        return new RankSpec(count, reader.Word<RankLauncher>("ranks.launcher", RankLauncher.InProcess) ?? RankLauncher.InProcess);
    }

    public static NodeSpec Node(SettingReader reader)
        => new(reader.IntegerOr("node.slots", "auto", null, "how many batches are stepped side by side"));

}
