namespace Cairn.Engine.Runs;

/// <summary>How a batch's domain is cut into ranks.</summary>
/// <param name="Count">Ranks per batch, from 1.</param>
/// <param name="Launcher">Who starts the ranks.</param>
public sealed record RankSpec(int Count, RankLauncher Launcher)
{
    /// <summary>The usual <see cref="Command"/>.</summary>
    public const string UsualCommand = "{mpiexec} -n {count} {rank}";

    /// <summary>What starts the ranks of a gang over MPI: words, in which <c>{count}</c> stands for their number, <c>{rank}</c> for the
    /// command that becomes one of them, and <c>{mpiexec}</c> for the one that is found (<see cref="Ranks.Mpiexec"/>).</summary>
    public string Command { get; init; } = UsualCommand;
}

internal static class RankSettings
{
    // Folders of ranks number them with six digits.
    private const int MaxRanks = 1_000_000;

    public static readonly SettingSection<RankSpec> Section = new("ranks", spec => spec.Ranks);

    private static readonly Setting<int> Count = Section.Add(
        "count", Integer("how many ranks a batch's domain is cut into", 1, MaxRanks), r => r.Count, usual: 1,
        help: "How many ranks a batch's domain is cut into. Models that can be cut: shallow-water, lorenz96, persistence and mesh.");

    private static readonly Setting<RankLauncher> Launcher = Section.Add(
        "launcher", Word<RankLauncher>(), r => r.Launcher, usual: RankLauncher.InProcess,
        help: "How ranks are started: in-process, process (the batches of a device in a child process, so that a native crash ends the "
            + "child instead of this process), or mpi (one process per rank, by the command below).");

    private static readonly Setting<string> Command = Section.Add(
        "command", Text($"a command with {{count}} and {{rank}} in it, such as {RankSpec.UsualCommand}", IsCommand), r => r.Command,
        usual: RankSpec.UsualCommand, only: Launcher.Is(RankLauncher.Mpi),
        help: "The command that starts the ranks of a batch; {count} is their number, {rank} the command of one rank, {mpiexec} the "
            + "first mpiexec in PATH that is not Open MPI's. Words are separated by spaces; no shell is involved. With Slurm: srun "
            + "--exact -n {count} {rank}");

    public static RankSpec Read(SettingReader reader)
    {
        var command = reader.Get(Command);
        reader.Context.Rules?.CheckCommand(reader, Command.Key, command);
        return new RankSpec(reader.Get(Count), reader.Get(Launcher)) { Command = command };
    }

    private static bool IsCommand(string text) => text.Split(' ').Contains("{rank}") && text.Contains("{count}", StringComparison.Ordinal);
}
