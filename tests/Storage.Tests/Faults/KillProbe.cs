using System.Globalization;
using Cairn.Storage.Catalog;
using Cairn.Storage.Tests.Catalog;

namespace Cairn.Storage.Tests.Faults;

/// <summary>A process of its own, to be killed at a system call of its second commit: it commits a first boundary and says so, marks the
/// disk, and commits the second.</summary>
internal static class KillProbe
{
    public const string First = "first: ";
    public const string Second = "second: ";

    /// <summary>Looked for by name, which is a system call that stands out in a trace.</summary>
    public const string Begin = "begin-of-second-commit";
    public const string End = "end-of-second-commit";

    public static void Run(string directory)
    {
        using var session = Open(directory).Open();
        var state = session.Bind(new WindState()).Value;
        Console.WriteLine(First + Commit(session, state, 1));
        _ = File.Exists(Path.Combine(directory, Begin));
        var id = Commit(session, state, 2);
        _ = File.Exists(Path.Combine(directory, End));
        Console.WriteLine(Second + id);
    }

    public static Checkpoint Open(string directory) => new(
        "kill", new CheckpointOptions { Path = directory, Mode = CheckpointMode.Overwrite, Rank = 0, WorldSize = 1, Warn = _ => { } });

    private static string Commit(CheckpointSession session, WindState state, int step)
    {
        (state.Step, state.U) = (step, TestCatalog.Wind(step).U);
        return string.Create(CultureInfo.InvariantCulture, $"{session.Write(TestCatalog.LeadTime(step))!.CommitId}");
    }
}
