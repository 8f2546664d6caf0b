using Cairn.Cli.Status;
using Cairn.Engine.Rollouts;
using Cairn.Storage.Catalog;
using Cairn.Storage.Durable;

namespace Cairn.Cli.Tests.Checkpoints;

public sealed class PruneTests : IDisposable
{
    private readonly Catalogs _catalogs = new();

    public void Dispose() => _catalogs.Dispose();

    [Fact]
    public void Without_a_number_every_session_that_counts_stays()
    {
        var rows = _catalogs.Write("c", 4, epoch: true);
        var result = Prune("c");
        Assert.Equal((0, "nothing to remove\n"), (result.Exit, result.Output));
        Assert.Equal(Ids(rows), Ids(_catalogs.Open("c").Rows));
    }

    [Fact]
    public void The_newest_valid_sessions_stay_and_what_goes_is_told_with_its_bytes()
    {
        var rows = _catalogs.Write("c", 5);
        var bytes = rows.Take(3).SelectMany(r => Directory.GetFiles(r.Directory, "*", SearchOption.AllDirectories))
            .Sum(f => new FileInfo(f).Length);

        var result = Prune("c", "--keep", "2");

        Assert.Equal(0, result.Exit);
        Assert.Equal(Ids(rows.Skip(3)), Ids(_catalogs.Open("c").Rows));
        Assert.All(rows.Take(3), r =>
            Assert.Contains($"commits/{r.CommitId} older than what is kept", result.Words, StringComparison.Ordinal));
        Assert.EndsWith($"\n{bytes:N0} bytes in 3 places freed\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["catalog.json", "commits", "writer.lock"],
            Directory.GetFileSystemEntries(_catalogs.Path("c")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(rows[0].CommitId, File.ReadAllText(_catalogs.Path("c/catalog.json")), StringComparison.Ordinal);
        Assert.Equal(5, Resumed("c").Step);
    }

    [Fact]
    public void A_damaged_session_does_not_count_towards_those_that_are_kept()
    {
        var rows = _catalogs.Write("c", 4);
        Catalogs.Damage(rows[3]);
        Catalogs.Damage(rows[1]);

        Assert.Equal(0, Prune("c", "--keep", "1").Exit);

        // The newest is damaged and stays for somebody to look at; the one before it is the newest valid one.
        Assert.Equal([rows[2].CommitId, rows[3].CommitId], Ids(_catalogs.Open("c").Rows));
        Assert.Equal(3, Resumed("c").Step);
    }

    [Fact]
    public void Without_any_valid_session_nothing_goes()
    {
        var rows = _catalogs.Write("c", 2);
        rows.ForEach(Catalogs.Damage);
        Assert.Equal("nothing to remove\n", Prune("c", "--keep", "1").Output);
        Assert.Equal(2, _catalogs.Open("c").Rows.Count);
    }

    [Fact]
    public void The_base_of_the_current_epoch_always_stays()
    {
        _catalogs.Write("c", 3, epoch: true);
        var second = _catalogs.Write("c", 3, epoch: true);
        var older = _catalogs.Open("c").Rows.Take(3).ToList();

        Prune("c", "--keep", "1");

        Assert.Equal([older[2].CommitId, second[2].CommitId], Ids(_catalogs.Open("c").Rows));
    }

    [Fact]
    public void Sessions_and_staging_of_superseded_processes_go()
    {
        _catalogs.Write("c", 2, epoch: true);
        var late = _catalogs.Write("c", 1, epoch: true)[0];
        // The third epoch begins from the row before, and so never counts the second's.
        var checkpoint = _catalogs.Open("c");
        checkpoint.BeginEpoch(from: checkpoint.Rows[1]);
        Directory.CreateDirectory(_catalogs.Path("c/.tmp_commit_00000009_abc_e1/states"));
        File.WriteAllText(_catalogs.Path("c/.tmp_commit_00000009_abc_e1/states/x"), "12345");
        File.WriteAllText(_catalogs.Path("c/epochs/.3.abc.tmp"), "123");
        Assert.True(Directory.Exists(late.Directory));

        var result = Prune("c");

        Assert.Contains(".tmp_commit_00000009_abc_e1 left by a dead process 5", result.Words, StringComparison.Ordinal);
        Assert.Contains("of a superseded process", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("bytes in 3 places freed\n", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(late.Directory));
        Assert.Equal(2, checkpoint.Rows.Count);
        Assert.Equal("nothing to remove\n", Prune("c").Output);
    }

    [Fact]
    public void A_dry_run_tells_the_same_and_changes_nothing()
    {
        _catalogs.Write("c", 5);
        var before = _catalogs.Contents();

        var dry = Prune("c", "--keep", "2", "--dry-run");

        Assert.Equal(0, dry.Exit);
        Assert.Equal(before, _catalogs.Contents());
        var real = Prune("c", "--keep", "2");
        Assert.Equal(
            real.Words,
            dry.Words.Replace("would remove", "removed", StringComparison.Ordinal)
                .Replace(" would be freed; nothing was changed", " freed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_that_somebody_is_at_is_left_alone(bool dryRun)
    {
        _catalogs.Write("run/members_000000_000003", 3, epoch: true);
        _catalogs.Write("run/members_000004_000007", 3, epoch: true);
        File.WriteAllText(_catalogs.Path("run/run.json"), "{}");
        using (RunLock.Acquire(_catalogs.Path($"run/{RunRecord.LockFileName}"), TimeProvider.System))
        {
            var before = Directory.GetFiles(_catalogs.Path("run"), "*", SearchOption.AllDirectories).Length;
            foreach (var place in new[] { "run", "run/members_000000_000003" })
            {
                var refused = Prune(place, ["--keep", "1", .. dryRun ? new[] { "--dry-run" } : []]);
                Assert.Equal(2, refused.Exit);
                Assert.Contains($"run.lock is locked by host {Environment.MachineName}", refused.Error, StringComparison.Ordinal);
                Assert.Empty(refused.Output);
            }

            Assert.Equal(before, Directory.GetFiles(_catalogs.Path("run"), "*", SearchOption.AllDirectories).Length);
        }

        Assert.Contains("4 places", Prune("run", "--keep", "1").Output, StringComparison.Ordinal);
        Assert.Single(_catalogs.Open("run/members_000004_000007").Rows);
    }

    [Theory]
    [InlineData("gang", "gang")]
    [InlineData("run", "run/members_000000_000003")]
    public void Sessions_of_several_ranks_go_together(string typed, string gang)
    {
        _catalogs.WriteGang(gang, ranks: 3, sessions: 4);
        Assert.Contains("sessions of", Invocation.Run(["checkpoints", "ls", _catalogs.Path(typed)]).Output, StringComparison.Ordinal);

        var dry = Prune(typed, "--keep", "2", "--dry-run");
        var done = Prune(typed, "--keep", "2");

        Assert.Contains("8 places would be freed", dry.Output, StringComparison.Ordinal);
        Assert.Contains("8 places freed", done.Output, StringComparison.Ordinal);
        Assert.Equal([3, 4], Checkpoint.ReadSessions(_catalogs.Path(gang)).Sessions.Select(s => s.WriteCount));
        var verified = Invocation.Run(["checkpoints", "verify", _catalogs.Path(typed)]);
        Assert.Contains("6 sessions, all whole", verified.Output, StringComparison.Ordinal);
        Assert.Contains("torn rows: 0", Invocation.Run(["checkpoints", "ls", _catalogs.Path(typed)]).Output, StringComparison.Ordinal);
        Assert.Equal(0, Invocation.Run(["checkpoints", "show", _catalogs.Path(typed), "0"]).Exit);
        var target = _catalogs.Path("out");
        Assert.Equal(0, Invocation.Run(["checkpoints", "export", _catalogs.Path(typed), target, "--to", "earth2studio"]).Exit);
        Assert.Equal(6, Checkpoint.ReadRows(typed == gang ? target : Path.Combine(target, "members_000000_000003")).Count);
    }

    [Fact]
    public void Ranks_are_not_pruned_one_by_one()
    {
        var options = new CheckpointOptions { Path = _catalogs.Path("gang"), Rank = 0, WorldSize = 2 };
        using (var session = new Checkpoint("test", options).Open())
        {
            session.Bind(new WindState());
            session.Write();
        }

        var before = _catalogs.Contents();
        Assert.Equal("nothing to remove\n", Prune("gang", "--keep", "1").Output);
        Assert.Equal(2, Prune("gang/rank_000000", "--keep", "1").Exit);
        Assert.Contains("of 2 ranks", Prune("gang/rank_000000", "--keep", "1").Error, StringComparison.Ordinal);
        Assert.Equal(before, _catalogs.Contents());
    }

    [Theory]
    [InlineData("--keep", "0")]
    [InlineData("--keep", "-3")]
    [InlineData("--keep", "many")]
    public void A_number_below_one_is_bad_usage(params string[] options)
    {
        _catalogs.Write("c", 2);
        var before = _catalogs.Contents();
        Assert.Equal(2, Prune("c", options).Exit);
        Assert.Equal(before, _catalogs.Contents());
    }

    [Fact]
    public void What_is_no_catalog_is_named()
    {
        var result = Prune("nowhere");
        Assert.Equal(2, result.Exit);
        Assert.Contains("nowhere is not a folder", result.Error, StringComparison.Ordinal);
    }

    private Invocation Prune(string name, params string[] options) =>
        Invocation.Run(["checkpoints", "prune", _catalogs.Path(name), .. options]);

    private WindState Resumed(string name)
    {
        using var session = _catalogs.Open(name).Open();
        return session.Bind(new WindState()).Value;
    }

    private static IEnumerable<string> Ids(IEnumerable<CheckpointRow> rows) => rows.Select(r => r.CommitId);
}
