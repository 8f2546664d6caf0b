using System.Text.Json.Nodes;
using Cairn.Cli.Tests.Remote;

namespace Cairn.Cli.Tests;

/// <summary>The documents of <c>--json</c> hold what <c>docs/scripts.md</c> promises: scripts read them.</summary>
public sealed class JsonOutputTests : IDisposable
{
    private static readonly string Fixture = Path.Combine(CommandLine.Fixtures, "append-3-rows");
    private readonly CommandLine _line = new();
    private readonly Catalogs _catalogs = new();

    public void Dispose()
    {
        _line.Dispose();
        _catalogs.Dispose();
    }

    [Fact]
    public void A_runs_folder_tells_its_batches()
    {
        CommandLine.Invoke("run", _line.Spec());
        var run = Read("status", _line["out"]);

        Assert.Equal(
            ["name", "checkpoint_path", "complete", "running_as", "branched_from", "begun_from", "members", "last_lead_time", "batches"],
            run.AsObject().Select(p => p.Key));
        Assert.Equal(("trial", true, "PT18H"), ((string?)run["name"], (bool)run["complete"]!, (string?)run["last_lead_time"]));
        Assert.Null(run["running_as"]);
        var batch = run["batches"]![1]!;
        Assert.Equal(["first", "last", "lead_time", "sessions", "starts", "session", "saved_at"], batch.AsObject().Select(p => p.Key));
        Assert.Equal((1, "PT18H", 1), ((int)batch["first"]!, (string?)batch["lead_time"], (int)batch["starts"]!));
    }

    [Fact]
    public void A_run_tells_its_events_and_how_it_ended()
    {
        var lines = CommandLine.Invoke("run", _line.Spec(), "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!).ToList();

        Assert.Equal(["at", "event", "batches"], lines[0].AsObject().Select(p => p.Key));
        Assert.Contains(lines, line => (string?)line["event"] == "session committed" && (string?)line["batch"] is not null);
        Assert.Equal("run completed", (string?)lines[^1]["event"]);
        Assert.True((long)lines[^1]["steps"]! > 0);
    }

    [Fact]
    public void A_branch_tells_where_it_starts()
    {
        CommandLine.Invoke("run", _line.Spec());
        var branch = Read("branch", $"{_line["out"]}@-1", _line["other"]);

        Assert.Equal(["run", "from", "lead_time", "spec"], branch.AsObject().Select(p => p.Key));
        Assert.Equal("PT18H", (string?)branch["lead_time"]);
        Assert.True(File.Exists((string?)branch["spec"]));
    }

    [Fact]
    public void Pruning_tells_what_goes_and_why()
    {
        var rows = _catalogs.Write("pruned", 3).ToList();
        var pruned = Read("checkpoints", "prune", _catalogs.Path("pruned"), "--keep", "1", "--dry-run");

        Assert.True((bool)pruned["dry_run"]!);
        Assert.Equal(rows.SkipLast(1).Select(r => ("surplus", Path.GetFileName(r.Directory))),
            pruned["removed"]!.AsArray().Select(i => ((string)i!["reason"]!, Path.GetFileName((string)i["path"]!))));
        Assert.Equal((long)pruned["bytes"]!, pruned["removed"]!.AsArray().Sum(i => (long)i!["bytes"]!));
    }

    [Fact]
    public void A_catalogs_sessions_have_their_metadata()
    {
        var catalog = Assert.Single(Read("checkpoints", "ls", Fixture)["catalogs"]!.AsArray())!;
        var newest = catalog["sessions"]![2]!;

        Assert.Equal(Fixture, (string?)catalog["path"]);
        Assert.Equal((2, 3, 0), ((int)newest["id"]!, (int)newest["write_count"]!, (int)newest["epoch"]!));
        Assert.Null(newest["sequence"]);
        Assert.Equal("row 3", (string?)newest["metadata"]!["note"]);
        Assert.NotEmpty(newest["state_ids"]!.AsArray());
    }

    [Fact]
    public void A_session_tells_what_it_holds()
    {
        var session = Assert.Single(Read("checkpoints", "show", Fixture, "1")["sessions"]!.AsArray())!;
        Assert.Equal(["path", "session", "fingerprint", "files", "states"], session.AsObject().Select(p => p.Key));
        Assert.Equal(1, (int)session["session"]!["id"]!);

        CommandLine.Invoke("run", _line.Spec());
        var states = Read("checkpoints", "show", _line["out"])["sessions"]!.AsArray().SelectMany(s => s!["states"]!.AsArray());
        var leaves = states.SelectMany(s => s!["fields"]!.AsArray()).ToList();
        Assert.All(leaves, leaf => Assert.Equal(["name", "kind", "dtype", "shape", "value"], leaf!.AsObject().Select(p => p.Key)));
        Assert.Contains(leaves, leaf => leaf!["shape"] is JsonArray { Count: > 1 } && (string?)leaf["dtype"] is not null);
        Assert.Contains(leaves, leaf => leaf!["value"] is not null && leaf["dtype"] is null);
    }

    [Fact]
    public void What_is_written_is_named()
    {
        CommandLine.Invoke("run", _line.Spec());
        var export = Read("checkpoints", "export", Fixture, _line["theirs"], "--to", "earth2studio");
        var written = Assert.Single(export["written"]!.AsArray())!;
        Assert.Equal((_line["theirs"], 3), ((string)written["path"]!, (int)written["count"]!));
        Assert.Empty(export["left_out"]!.AsArray());

        var derived = Read("derive", _line["out"], "--netcdf", _line["f.nc"])["derived"]!;
        Assert.Equal([_line["f.nc"]], derived.AsArray().Select(f => (string)f!));
        var picture = Read("picture", _line["out"], "-o", _line["page.html"]);
        Assert.Equal((_line["page.html"], new FileInfo(_line["page.html"]).Length), ((string)picture["picture"]!, (long)picture["bytes"]!));
        var draft = Read("init", _line["mine.conf"], "--model", "lorenz96");
        Assert.Equal((_line["mine.conf"], "mine", "lorenz96"), ((string)draft["spec"]!, (string)draft["name"]!, (string)draft["model"]!));
        Assert.True(File.Exists(_line["mine.conf"]));
    }

    [Fact]
    public void Scores_are_told_by_variable_and_lead_time()
    {
        CommandLine.Invoke("run", _line.Spec());
        var truth = Path.Combine(CommandLine.Root, "data", "navy-winds-1982-1992.nc");
        var verified = Read("verify-forecast", _line["out"], "--truth", truth);

        Assert.Equal(
            ["verification", "picture", "truth", "regridded", "scores", "without_truth", "times_without_truth"],
            verified.AsObject().Select(p => p.Key));
        var score = verified["scores"]![0]!;
        Assert.Equal(("u", "PT0S", 0.0), ((string)score["variable"]!, (string)score["lead_time"]!, (double)score["rmse"]!));
        Assert.Equal(["PT6H", "PT12H", "PT18H"], verified["without_truth"]!.AsArray().Select(t => (string)t!));
    }

    [Fact]
    public void A_gangs_sessions_and_torn_rows_are_told_apart()
    {
        _catalogs.WriteGang("gang", ranks: 2, sessions: 2);
        var gang = Assert.Single(Read("checkpoints", "ls", _catalogs.Path("gang"))["gangs"]!.AsArray())!;

        Assert.Equal([2, 2], gang["sessions"]!.AsArray().Select(s => (int)s!["ranks"]!));
        Assert.Empty(gang["torn"]!.AsArray());
    }

    [Fact]
    public void Damage_is_told_by_the_session_and_by_the_exit_code()
    {
        var row = _catalogs.Write("c", 2).Last();
        var file = Directory.GetFiles(row.Directory, "*.npy", SearchOption.AllDirectories)[0];
        File.WriteAllBytes(file, [.. File.ReadAllBytes(file).SkipLast(1)]);
        var found = Read(1, "checkpoints", "verify", _catalogs.Path("c"));

        Assert.Equal((2, 1), ((int)found["checked"]!, (int)found["damaged"]!));
        var damaged = Assert.Single(found["sessions"]!.AsArray(), s => s!["defect"] is not null)!;
        Assert.Contains(Path.GetFileName(file), (string?)damaged["defect"], StringComparison.Ordinal);
        Assert.Equal(row.CommitId, (string?)damaged["commit_id"]);
    }

    [Fact]
    public void Equal_catalogs_are_equal_and_others_differ_in_so_many_places()
    {
        _catalogs.Write("a", 2);
        _catalogs.Write("b", 2);
        _catalogs.Write("c", 1);

        Assert.True((bool)Read("diff", _catalogs.Path("a"), _catalogs.Path("b"))["equal"]!);
        var other = Read(1, "diff", _catalogs.Path("a"), _catalogs.Path("c"));
        Assert.False((bool)other["equal"]!);
        Assert.Equal((int)other["count"]!, other["differences"]!.AsArray().Count);
    }

    [Fact]
    public void The_doctor_tells_each_finding_with_its_standing()
    {
        var (code, output, _) = CommandLine.Invoke("doctor", _line.Folder, "--json");
        var report = JsonNode.Parse(output)!;

        Assert.Equal(code == 0, (bool)report["can_run"]!);
        Assert.Equal(2, report["sections"]!.AsArray().Count);
        Assert.All(
            report["sections"]!.AsArray().SelectMany(s => s!["findings"]!.AsArray()),
            f => Assert.Contains((string?)f!["standing"], (string[])["good", "limited", "broken"]));
    }

    [Fact]
    public void A_spec_and_the_reference_are_told_setting_by_setting()
    {
        JsonNode? Of(JsonNode document, string key) => document["settings"]!.AsArray().First(s => (string?)s!["key"] == key);
        var given = Of(Read("check", _line.Spec()), "model.step")!;
        var known = Of(Read("reference", "checkpoint"), "checkpoint.flush-interval")!;

        Assert.Equal(("6h", $"{_line["run.conf"]}:2"), ((string?)given["value"], (string?)given["from"]));
        Assert.Equal(
            ["key", "type", "expected", "default", "is_required", "unit", "example", "belongs_to", "on_resume", "help"],
            known.AsObject().Select(p => p.Key));
        Assert.Equal("1", (string?)known["default"]);
    }

    [Fact]
    public async Task A_seed_is_asked_in_the_words_of_its_API()
    {
        await using var seed = await RunningSeed.StartAsync(_line.Folder);
        JsonNode Ask(params string[] arguments) => Read([.. arguments, "--seed", seed.Url]);
        var submitted = Ask("submit", _line.Spec(), "--key", "k");
        var id = (string)submitted["id"]!;

        Assert.True((bool)submitted["is_new"]!);
        Assert.Equal("submitted", (string?)Ask("status", id)["state"]);
        var all = Ask("status");
        Assert.Equal(id, (string?)Assert.Single(all["runs"]!.AsArray())!["id"]);
        Assert.Empty(all["nodes"]!.AsArray());
        Assert.Null(Ask("nodes")["registry"]);
        var first = Ask("events", id);
        Assert.Equal((1, id), ((int)first["number"]!, (string?)first["run"]));
    }

    private static JsonNode Read(params string[] arguments) => Read(0, arguments);

    private static JsonNode Read(int code, params string[] arguments)
    {
        var found = CommandLine.Invoke([.. arguments, "--json"]);
        Assert.Equal((code, ""), (found.Code, found.Error));
        // Of lines the first.
        return JsonNode.Parse(found.Output.StartsWith("{\n", StringComparison.Ordinal) ? found.Output : found.Output.Split('\n')[0])!;
    }
}
