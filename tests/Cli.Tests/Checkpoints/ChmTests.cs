using Cairn.Engine.Mesh;
using Cairn.Engine.Rollouts;
using Cairn.Engine.Runs;
using Cairn.Engine.Sources;
using Cairn.Engine.Torch;
using Cairn.Storage.Arrays;
using Cairn.Storage.Catalog;
using Cairn.Storage.Chm;
using Cairn.Storage.Durable;
using Cairn.Storage.Sessions;
using Cairn.Storage.State;

namespace Cairn.Cli.Tests.Checkpoints;

public sealed class ChmTests : IDisposable
{
    private static readonly DateTime Start = new(2020, 1, 25, 14, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Names = ["snow:swe", "soil:T[0]", "soil:T[1]"];

    private readonly Catalogs _catalogs = new();

    public void Dispose() => _catalogs.Dispose();

    [Theory]
    [InlineData("out")]
    [InlineData("out/checkpoint")]
    public void A_folder_of_Chm_is_listed_by_the_times_in_its_names(string folder)
    {
        Write(1, 2);
        Write(0, 3);
        File.WriteAllText(_catalogs.Path("out/checkpoint/checkpoint_20191225T140000.np4.json"), "{}");

        var result = Invocation.Run("checkpoints", "ls", _catalogs.Path(folder));

        Assert.Equal((0, ""), (result.Exit, result.Error));
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.EndsWith(": 3", lines[0], StringComparison.Ordinal);
        Assert.Contains("DAMAGED", lines[^3], StringComparison.Ordinal);
        Assert.Contains("checkpoint_20200125T140000.np3.json  2020-Jan-25 14:00:00  3", lines[^2], StringComparison.Ordinal);
        Assert.Contains("checkpoint_20200125T150000.np2.json  2020-Jan-25 15:00:00  2", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_Chm_is_shown_with_its_ranks_and_variables()
    {
        Write(0, 2);

        var result = Invocation.Run("checkpoints", "show", _catalogs.Path("out/checkpoint/checkpoint_20200125T140000.np2.json"));

        Assert.Equal((0, ""), (result.Exit, result.Error));
        Assert.Contains("2020-Jan-25 14:00:00 UTC, 1579960800 seconds", result.Output, StringComparison.Ordinal);
        Assert.Contains("7 on 2 ranks", result.Output, StringComparison.Ordinal);
        Assert.All(Names, name => Assert.Contains(name, result.Output, StringComparison.Ordinal));
        Assert.Equal(2, Invocation.Run("checkpoints", "show", _catalogs.Path("out"), "1").Exit);
    }

    [Fact]
    public void Verifying_tells_the_file_and_its_defect_and_strict_ranks_refuse_as_Chm_does()
    {
        var checkpoint = Write(0, 2);
        Assert.Equal(0, Verify().Exit);
        Assert.Equal(0, Verify("--strict-ranks", "2").Exit);
        var refused = Verify("--strict-ranks", "3");
        Assert.Equal(1, refused.Exit);
        Assert.Contains("whole, but refused: ", refused.Output, StringComparison.Ordinal);
        Assert.Contains("was saved by 2 ranks; this run has 3", refused.Output, StringComparison.Ordinal);
        Assert.Contains("all whole\nsaved by other than 3 ranks: 1 of 1 checkpoint;", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("DAMAGED", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("skips damaged", refused.Output, StringComparison.Ordinal);

        var path = _catalogs.Path("out/checkpoint/" + checkpoint.Manifest.Files[1]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);
        var damaged = Verify();

        Assert.Equal(1, damaged.Exit);
        Assert.Contains($"{path} has ", damaged.Output, StringComparison.Ordinal);

        Invocation Verify(params string[] options) =>
            Invocation.Run(["checkpoints", "verify", _catalogs.Path("out"), .. options]);
    }

    [Theory]
    [InlineData("cairn")]
    [InlineData("earth2studio")]
    public void Chm_to_a_catalog_and_back_keeps_every_value(string format)
    {
        Write(0, 3);
        Write(6, 2);

        var there = Export("out", "catalog", "--to", format);
        var back = Export("catalog", "back", "--to", "chm");

        Assert.Equal((0, ""), (there.Exit, there.Error));
        Assert.Contains("2 written", there.Output, StringComparison.Ordinal);
        Assert.Contains("left out: checkpoint_20200125T140000.np3.json: the cut into 3 ranks", there.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (back.Exit, back.Error));
        Assert.DoesNotContain("left out", back.Output, StringComparison.Ordinal);
        Assert.Equal(0, Invocation.Run("checkpoints", "verify", _catalogs.Path("catalog")).Exit);
        Assert.Equal([0, 6], Checkpoint.ReadRows(_catalogs.Path("catalog")).Select(r => r.LeadTime!.Value.TotalHours));
        RequireValues("back/checkpoint_20200125T140000.np1.json", 0);
        RequireValues("back/checkpoint_20200125T200000.np1.json", 6);
    }

    [Fact]
    public void Ranks_are_joined_in_the_order_of_the_triangles_for_a_Chm_of_one()
    {
        Write(0, 3);
        Write(6, 2);

        Assert.Equal(0, Export("out", "one", "--to", "chm", "--row", "0").Exit);

        Assert.Equal(["20200125T140000", "checkpoint_20200125T140000.np1.json"],
            Directory.GetFileSystemEntries(_catalogs.Path("one")).Select(Path.GetFileName).Order());
        RequireValues("one/checkpoint_20200125T140000.np1.json", 0);
    }

    [Fact]
    public void A_catalog_of_other_arrays_tells_what_has_no_place_with_Chm()
    {
        _catalogs.Write("c", 2, epoch: true);

        var unknown = Export("c", "chm", "--to", "chm");
        var result = Export("c", "chm", "--to", "chm", "--initial-time", "2020-01-25T14:00:00");

        Assert.Equal(2, unknown.Exit);
        Assert.Contains("--initial-time", unknown.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (result.Exit, result.Error));
        Assert.Contains("assumed to be 0 to 2", result.Output, StringComparison.Ordinal);
        Assert.Contains("left out: Wind:step, int", result.Output, StringComparison.Ordinal);
        var checkpoint = ChmCheckpoint.Open(_catalogs.Path("chm/checkpoint_20200126T020000.np1.json"));
        Assert.Equal([2, 2.5, 4], checkpoint.Load(new ChmTriangles([0, 1, 2]), ["Wind:u"]).Variables[0].Values);
    }

    [Fact]
    public void The_parts_of_ranks_are_put_together_for_Chm()
    {
        var options = new CheckpointOptions { Path = _catalogs.Path("gang"), Mode = CheckpointMode.Append };
        var catalog = new SessionCatalog(options);
        var epoch = catalog.BeginEpoch().Epoch;
        List<RankManifest> ranks = [];
        for (var rank = 0; rank < 2; rank++)
        {
            var checkpoint = new Checkpoint("test", options with { Rank = rank, WorldSize = 2 });
            checkpoint.JoinEpoch(epoch);
            using var session = checkpoint.Open(null);
            double[] swe = rank == 0 ? [1, 2, 3] : [4, 5];
            var slice = new DomainSlice([5], [rank == 0 ? 0 : 3], [swe.Length]);
            session.Bind(new CutState { Swe = new Shard<NdArray>(slice, NdArray.From(swe, swe.Length)) });
            var row = session.Write(new Dictionary<string, object?> { ["lead_time"] = NumpyTimeDelta64.From(TimeSpan.FromHours(1)) });
            ranks.Add(RankManifest.Read(options.Path!, rank, row!.CommitId));
        }

        catalog.Commit(2, ranks);

        var result = Export("gang", "chm", "--to", "chm", "--initial-time", "2020-01-25");

        Assert.Equal((0, ""), (result.Exit, result.Error));
        var whole = ChmCheckpoint.Open(_catalogs.Path("chm/checkpoint_20200125T010000.np1.json"));
        Assert.Equal([1, 2, 3, 4, 5], whole.Load(new ChmTriangles([0, 1, 2, 3, 4]), ["Cut:swe"]).Variables[0].Values);
    }

    [Fact]
    public void A_mesh_runs_sessions_become_checkpoints_with_the_names_and_numbers_of_its_modules_and_triangles()
    {
        var spec = Path.Combine(CommandLine.Root, "examples", "granger-winter.conf");
        string[] settings =
        [
            $"checkpoint.path={_catalogs.Path("run")}", "checkpoint.flush-interval=1", "lead-times.count=2", "ranks.count=3",
            "output.kind=none",
        ];
        var run = Invocation.Run(["run", spec, "--plain", .. settings.SelectMany(s => new[] { "--set", s })]);
        Assert.True(run.Exit == 0, run.Error);

        var result = Export("run", "chm", "--to", "chm");

        Assert.Equal((0, ""), (result.Exit, result.Error));
        var checkpoint = ChmCheckpoint.Open(_catalogs.Path("chm/checkpoint_19960913T003000.np1.json"));
        using var model = (MeshModel)ModelFactory.Create(
            RunSpecReader.Read(spec, settings).Model, InitialSources.Read(RunSpecReader.Read(spec, settings)));
        var (names, ids) = (model.Layout.Names, model.GlobalIds.Select(id => (long)id).ToArray());
        Assert.Equal(names.Order(StringComparer.Ordinal), checkpoint.Verify().Variables.Order(StringComparer.Ordinal));
        var values = checkpoint.Load(new ChmTriangles(ids), names).Variables.SelectMany(v => v.Values).ToList();
        Assert.Equal(Stepped(model, 96), values);
        Assert.True(values.Distinct().Count() > 985, "nothing has happened in two days of weather");
        Assert.Equal(985, checkpoint.Verify().Triangles);
    }

    private static double[] Stepped(MeshModel model, int steps)
    {
        using var fields = Tensors.From(model.InitialFields, 1, model.Layout.Names.Count, 1, model.GlobalIds.Count);
        var state = model.Initialize(fields);
        for (var step = 0; step < steps; step++)
        {
            var next = model.Step(state, step * model.Description.Step);
            state.Dispose();
            state = next;
        }

        using (state)
        {
            return state.ToArray<double>();
        }
    }

    [Fact]
    public void What_is_damaged_or_in_the_way_is_refused_and_nothing_is_left()
    {
        var checkpoint = Write(0, 2);
        _catalogs.Write("c", 1);
        Assert.Equal(2, Export("out", "c", "--to", "cairn").Exit);
        Assert.Equal(2, Export("c", "new", "--to", "cairn").Exit);
        File.Delete(_catalogs.Path("out/checkpoint/" + checkpoint.Manifest.Files[1]));

        var results = new[] { "cairn", "earth2studio", "chm" }.Select(to => Export("out", "new", "--to", to)).ToList();

        Assert.All(results, r => Assert.Equal(1, r.Exit));
        Assert.All(results, r => Assert.Contains("chkp20200125T140000_1.nc is missing", r.Error, StringComparison.Ordinal));
        Assert.Equal(["c", "out"], Directory.GetFileSystemEntries(_catalogs.Root).Select(Path.GetFileName).Order());
    }

    private static double Value(int hour, long id, string name) => (hour * 100) + (id * 10) + Array.IndexOf(Names, name);

    /// <summary>A checkpoint of seven triangles, dealt to the ranks in turn from the last one on.</summary>
    private ChmCheckpoint Write(int hour, int ranks)
    {
        var writer = new ChmWriter(new PosixFiles(), _catalogs.Path("out/checkpoint"));
        var place = writer.Reserve(ChmTime.From(Start.AddHours(hour)));
        var records = Enumerable.Range(0, ranks).Select(rank =>
        {
            long[] ids = [.. Enumerable.Range(0, 7).Where(id => id % ranks == rank).Reverse().Select(id => (long)id)];
            return writer.WriteRank(place, rank, new ChmRankState(
                new ChmTriangles(ids), [.. Names.Select(n => new ChmVariable(n, [.. ids.Select(id => Value(hour, id, n))]))]));
        });
        return writer.Commit(new ChmProposal(ranks, 7, [.. records]));
    }

    private void RequireValues(string json, int hour)
    {
        long[] ids = [0, 1, 2, 3, 4, 5, 6];
        var checkpoint = ChmCheckpoint.Open(_catalogs.Path(json));
        Assert.Equal(7, checkpoint.Verify().Triangles);
        var state = checkpoint.Load(new ChmTriangles(ids), Names);
        Assert.All(state.Variables, v => Assert.Equal(ids.Select(id => Value(hour, id, v.Name)), v.Values));
    }

    private Invocation Export(string from, string to, params string[] options) =>
        Invocation.Run(["checkpoints", "export", _catalogs.Path(from), _catalogs.Path(to), .. options]);

    [CheckpointState(Id = "tests.Cut")]
    private sealed class CutState
    {
        public Shard<NdArray>? Swe { get; set; }
    }
}
