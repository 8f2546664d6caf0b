using System.Diagnostics;
using System.Text.Json.Nodes;
using Cairn.Storage.Catalog;

namespace Cairn.Cli.Tests.Checkpoints;

public sealed class ExportTests : IDisposable
{
    private const string Original = """
        from __future__ import annotations
        import importlib.util, sys
        from dataclasses import dataclass
        import numpy as np

        spec = importlib.util.spec_from_file_location('original', sys.argv[1])
        original = importlib.util.module_from_spec(spec)
        sys.modules['original'] = original
        spec.loader.exec_module(original)

        @dataclass
        class Wind:
            u: np.ndarray | None
            step: int

        Wind.__module__, Wind.__qualname__ = 'tests', 'Wind'
        c = original.Checkpoint('test', path=sys.argv[2], mode='append', rank=0, world_size=1)
        print(c)
        with c as session:
            state = Wind(None, 0)
            bound = session.bind(state)
            assert bound.checkpoint_state_loaded
            assert (state.u.tolist(), state.step) == ([3.0, 3.5, 6.0], 3), state
            state.step = 4
            session.write(lead_time=np.timedelta64(24, 'h'))
        """;

    private readonly Catalogs _catalogs = new();

    public void Dispose() => _catalogs.Dispose();

    [Fact]
    public void Everything_of_Cairns_own_stays_behind()
    {
        var rows = _catalogs.Write("c", 3, epoch: true);

        var result = Export("c", "out");

        Assert.Equal((0, ""), (result.Exit, result.Error));
        Assert.Contains($"3 written, the newest {rows[2].CommitId}", result.Output, StringComparison.Ordinal);
        Assert.Equal(["catalog.json", "commits"], Directory.GetFileSystemEntries(_catalogs.Path("out")).Select(Path.GetFileName).Order());
        foreach (var row in rows)
        {
            var manifest = JsonNode.Parse(File.ReadAllText(_catalogs.Path($"out/commits/{row.CommitId}/manifest.json")))!.AsObject();
            Assert.Equal(
                "checkpoint commit_id labels metadata mode rank saved_at states version world_size write_count".Split(' '),
                manifest.Select(p => p.Key).Order(StringComparer.Ordinal));
        }

        Assert.Equal(List("c"), List("out"));
        Assert.Equal(0, Invocation.Run("checkpoints", "verify", _catalogs.Path("out")).Exit);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_catalogs.Root), f => Path.GetFileName(f).StartsWith(".tmp", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Earth2Studio_opens_restores_and_continues_it()
    {
        var original = Environment.GetEnvironmentVariable("CAIRN_EARTH2STUDIO_CHECKPOINT");
        Skip.If(string.IsNullOrEmpty(original), "CAIRN_EARTH2STUDIO_CHECKPOINT does not name Earth2Studio's checkpoint.py");
        _catalogs.Write("c", 3, epoch: true);
        Assert.Equal(0, Export("c", "out").Exit);

        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Original, original, _catalogs.Path("out")])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, errors.Result);
        Assert.Equal(4, _catalogs.Open("out").Rows.Count);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", 2)]
    [InlineData("-3", 0)]
    public void One_row_can_be_chosen(string index, int expected)
    {
        var rows = _catalogs.Write("c", 3);
        Assert.Equal(0, Export("c", "out", "--row", index).Exit);
        Assert.Equal(rows[expected].CommitId, Assert.Single(_catalogs.Open("out").Rows).CommitId);
    }

    [Fact]
    public void A_row_that_is_not_there_is_bad_usage()
    {
        _catalogs.Write("c", 3);
        var result = Export("c", "out", "--row", "3");
        Assert.Equal(2, result.Exit);
        Assert.Contains("has 3 rows; there is no row 3", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_catalogs.Path("out")));
    }

    [Fact]
    public void A_damaged_session_is_not_handed_on()
    {
        var rows = _catalogs.Write("c", 3);
        Catalogs.Damage(rows[1]);
        var before = _catalogs.Contents();

        var result = Export("c", "out");

        Assert.Equal(1, result.Exit);
        Assert.Contains("is damaged", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, _catalogs.Contents());
        Assert.Equal(0, Export("c", "out", "--row", "2").Exit);
    }

    [Fact]
    public void A_destination_that_holds_something_is_refused_and_untouched()
    {
        _catalogs.Write("c", 3);
        _catalogs.Write("out", 1);
        File.WriteAllText(_catalogs.Path("file"), "mine");
        var before = _catalogs.Contents();
        Assert.Equal(2, Export("c", "out").Exit);
        Assert.Equal(2, Export("c", "file").Exit);
        Assert.Equal(before, _catalogs.Contents());

        Directory.CreateDirectory(_catalogs.Path("empty"));
        Assert.Equal(0, Export("c", "empty").Exit);
    }

    [Fact]
    public void The_batches_of_a_run_become_folders()
    {
        _catalogs.Write("run/members_000000_000003", 1, epoch: true);
        _catalogs.Write("run/members_000004_000007", 2, epoch: true);
        Assert.Equal(0, Export("run", "out").Exit);
        Assert.Equal(2, _catalogs.Open("out/members_000004_000007").Rows.Count);
    }

    [Fact]
    public void Ranks_keep_their_folders()
    {
        for (var rank = 0; rank < 2; rank++)
        {
            var options = new CheckpointOptions { Path = _catalogs.Path("gang"), Rank = rank, WorldSize = 2 };
            using var session = new Checkpoint("test", options).Open();
            session.Bind(new WindState { Step = rank });
            session.Write();
        }

        Assert.Equal(0, Export("gang", "out").Exit);
        Assert.Equal([0, 1], Checkpoint.ReadRows(_catalogs.Path("out")).Select(r => r.Rank));
    }

    [Theory]
    [InlineData]
    [InlineData("--to", "elsewhere")]
    public void Whose_catalog_to_write_must_be_said(params string[] options)
    {
        _catalogs.Write("c", 1);
        var result = Invocation.Run(["checkpoints", "export", _catalogs.Path("c"), _catalogs.Path("out"), .. options]);
        Assert.Equal(2, result.Exit);
        Assert.Contains("checkpoints export --help", result.Error, StringComparison.Ordinal);
    }

    private string List(string name) => Invocation.Run("checkpoints", "ls", _catalogs.Path(name)).Output
        .Replace(_catalogs.Path(name), "", StringComparison.Ordinal);

    private Invocation Export(string from, string to, params string[] options) =>
        Invocation.Run(["checkpoints", "export", _catalogs.Path(from), _catalogs.Path(to), "--to", "earth2studio", .. options]);
}
