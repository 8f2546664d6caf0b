using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cairn.Cluster.Tests.Cluster;

/// <summary>The Python package against a real seed and a worker: submitting, following, opening; and the notebook, cell by cell.</summary>
[Trait("Category", "Slow")]
public sealed class PythonClientTests : IDisposable
{
    private const string Imports = "import json, os, pathlib, sys\nimport cairn\n";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [SkippableFact]
    public async Task A_run_is_submitted_followed_and_opened()
    {
        Require("numpy", "xarray", "zarr");
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var said = await PythonAsync(cluster, """
            folder = pathlib.Path(sys.argv[1])
            spec = {
                "name": "py", "model": {"kind": "shallow-water", "step": "90s", "nx": 16, "ny": 16, "dx": 100000},
                "initial": {"source": "model"}, "lead-times": {"every": "1h", "count": 12},
                "ensemble": {"size": 2, "seed": 3, "perturbation": {"kind": "gaussian", "amplitude": 1, "variables": ["p"]}},
                "checkpoint": {"path": folder / "py" / "checkpoints", "flush-interval": 4},
                "output": {"path": folder / "py" / "fields.zarr", "variables": ["p"], "picture": False},
            }
            run = cairn.submit(spec, key="one")
            assert cairn.submit(spec, key="one").id == run.id
            numbers = []
            assert run.wait(on_event=lambda event: numbers.append(event["number"])) == "completed"
            assert numbers == list(range(1, len(numbers) + 1)), numbers
            assert [e["number"] for e in run.events(follow=False)] == numbers
            assert run.wait(timeout=60) == "completed"
            assert run.sessions()[-1]["lead_time"] == "PT12H", run.sessions()
            fields = run.open()
            assert fields.p.shape == (2, 1, 13, 16, 16) and bool(fields.p.notnull().all())
            assert run.spec()["ensemble"]["size"] == 2
            assert [r["id"] for r in cairn.runs()] == [run.id] and cairn.Seed().nodes()[0]["slots"] == 2
            try:
                run.cancel()
            except cairn.SeedError as error:
                assert error.status == 409, error
            else:
                raise AssertionError("a run that is complete was cancelled")
            print("all held")
            """);
        Assert.Contains("all held", said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_spec_with_mistakes_tells_each_of_them_and_a_failed_run_raises()
    {
        Require("numpy");
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var said = await PythonAsync(cluster, """
            try:
                cairn.submit("name = a\nmodell { kind = persistence }\n")
            except cairn.SeedError as error:
                assert error.status == 422 and error.errors[0]["line"] == 2, error.errors
                print(error)
            path = pathlib.Path(sys.argv[1]) / "bad.yaml"
            path.write_text("name: a\nmodel: [\n")
            try:
                cairn.submit(path)
            except cairn.SeedError as error:
                assert error.status == 400 and error.errors[0]["line"] == 3, error.errors
            try:
                cairn.submit({"name": object()})
            except TypeError as error:
                print(error)
            try:
                cairn.Run("nosuch").status()
            except cairn.SeedError as error:
                assert error.status == 404, error
            os.environ["CAIRN_SEED"] = "http://127.0.0.1:1"
            try:
                cairn.Seed(timeout=1)._open("GET", "/api/runs")
            except cairn.SeedError as error:
                assert error.status is None
                print(error)
            """);
        Assert.Contains("modell", said, StringComparison.Ordinal);
        Assert.Contains("cannot be part of a spec", said, StringComparison.Ordinal);
        Assert.Contains("no seed answers at http://127.0.0.1:1", said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Events_go_on_without_a_gap_when_the_seed_is_killed()
    {
        Require("numpy");
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var run = await cluster.SubmitAsync(Specs.Water(_scratch, "followed", count: 400));
        using var python = Start(cluster, """
            last = 0
            for event in cairn.Run(sys.argv[2]).events():
                assert event["number"] == last + 1, (event, last)
                last = event["number"]
                print(event["kind"], flush=True)
            """, run);
        while (await python.StandardOutput.ReadLineAsync() is { } line && line != "session committed")
        {
        }

        cluster.Seed.Kill();
        await cluster.StartSeedAsync();
        Assert.Equal("completed", TestCluster.State(await cluster.EndAsync(run, Patience)));
        var (rest, errors) = (await python.StandardOutput.ReadToEndAsync(), await python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, errors);
        Assert.EndsWith("run completed", rest.TrimEnd(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_notebook_runs_from_its_first_cell_to_its_plot()
    {
        Require("numpy", "xarray", "zarr", "matplotlib");
        await using var cluster = await TestCluster.StartAsync(_scratch, workers: 1);
        var notebook = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(TestFiles.Root, "examples", "submit-and-plot.ipynb")))!;
        var cells = notebook["cells"]!.AsArray().Where(cell => $"{cell!["cell_type"]}" == "code")
            .Select(cell => string.Concat(cell!["source"]!.AsArray().Select(line => $"{line}")));
        await PythonAsync(cluster, $"""
            import matplotlib
            matplotlib.use("Agg")
            {string.Join("\n\n", cells)}
            figure.savefig(sys.argv[1] + "/plot.png")
            """);
        Assert.True(new FileInfo(_scratch["plot.png"]).Length > 10_000);
    }

    private static void Require(params string[] modules)
    {
        using var python = Process.Start(new ProcessStartInfo(KindSpecs.Interpreter, ["-c", $"import {string.Join(", ", modules)}"])
        {
            RedirectStandardError = true,
        })!;
        python.StandardError.ReadToEnd();
        python.WaitForExit();
        Skip.If(python.ExitCode != 0, $"{KindSpecs.Interpreter} lacks one of {string.Join(", ", modules)}");
    }

    private async Task<string> PythonAsync(TestCluster cluster, string script)
    {
        using var python = Start(cluster, script);
        var errors = python.StandardError.ReadToEndAsync();
        var said = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors + said + cluster.Text);
        return said;
    }

    private Process Start(TestCluster cluster, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(KindSpecs.Interpreter, ["-c", Imports + script, _scratch.Folder, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = Path.Combine(TestFiles.Root, "python");
        start.Environment["CAIRN_SEED"] = cluster.Seeds[0].Url;
        start.Environment["CAIRN_RUNS"] = _scratch.Folder;
        start.Environment.Remove("CAIRN_TOKEN");
        return Process.Start(start)!;
    }
}
