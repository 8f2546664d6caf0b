using Cairn.Engine.Tests.Models.Onnx;
using Cairn.Engine.Tests.Models.Python;
using Cairn.Engine.Tests.Sources;
using Cairn.Engine.Tests.Rollouts;

namespace Cairn.Engine.Tests.Docs;

/// <summary>What docs/bring-your-model.md shows is what the examples have, what they write, and what runs.</summary>
public sealed class BringYourModelPageTests : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private static readonly string Root = typeof(BringYourModelPageTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CairnRoot").Value!;

    private readonly string _folder = Directory.CreateTempSubdirectory("cairn-page-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_model_of_the_page_is_that_of_the_example()
    {
        var page = Block(File.ReadAllLines(Path.Combine(Root, "docs", "bring-your-model.md")), "    model {", "kind = onnx");
        var example = Block(File.ReadAllLines(Path.Combine(Root, "examples", "my-onnx.conf")), "model {", "kind = onnx");

        Assert.InRange(page.Count, 1, 10);
        Assert.Equal(example, page);
    }

    [SkippableFact]
    public void The_script_of_the_page_writes_the_file_that_is_shipped()
    {
        var path = Path.Combine(_folder, "my-model.onnx");
        var (exit, output) = Python(Path.Combine(Root, "examples", "export_onnx.py"), path);
        Skip.If(exit != 0 && output.Contains("No module named 'torch'", StringComparison.Ordinal), "python3-torch is not installed");
        Assert.True(exit == 0, output);
        using var shipped = Open(Path.Combine(Root, "models", "drift.onnx"));
        using var written = Open(path);
        using var state = ScriptTrial.MadeUp([1, 2, 7, 12], ScalarType.Float32, CPU);
        using var expected = shipped.Step(state);
        using var found = written.Step(state);

        Assert.True(found.MaxDifference(expected) < 1e-6);
        Assert.True(found.MaxDifference(state) > 1e-3);
    }

    [SkippableFact]
    public void The_class_of_the_page_is_stepped_by_the_spec_of_the_page_and_passes_its_check()
    {
        PythonClass.Require();
        var page = File.ReadAllLines(Path.Combine(Root, "docs", "bring-your-model.md"));
        var begin = Array.IndexOf(page, "    import cairn");
        var lines = page[begin..].TakeWhile(line => line.Length == 0 || line.StartsWith("    ", StringComparison.Ordinal)).ToList();
        File.WriteAllLines(Path.Combine(_folder, "my_model.py"), lines.Select(line => line.Length == 0 ? line : line[4..]));
        var model = Block(page, "    model {", "kind = python");
        var example = File.ReadAllText(Path.Combine(Root, "examples", "my-python.conf"));
        var rest = example[example.IndexOf("initial {", StringComparison.Ordinal)..]
            .Replace("../data", Path.Combine(Root, "data"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "run.conf"), $"name = page\n{string.Join('\n', model)}\n{rest}");
        var spec = RunSpecReader.Read(Path.Combine(_folder, "run.conf"),
        [
            $"model.python={Interpreter}", "lead-times.count=2", $"checkpoint.path={_folder}/checkpoints",
            $"output.path={_folder}/fields.zarr",
        ]);
        using var host = PreparedRun.Create(spec, new Cairn.Engine.Rollouts.RunOptions(), new RunObservers());
        var (exit, output) = Python(
            "-c", "import sys; sys.path[:1] = sys.argv[1:3]; from cairn.check import main; sys.exit(main(sys.argv[3:]))",
            Path.Combine(Root, "python"), _folder, "my_model:Drift", "--path", _folder, "--arguments", "{\"smoothing\": 0.2}");

        Assert.InRange(lines.FindLastIndex(line => line.Length > 0) + 1, 1, 10);
        Assert.Equal(RunOutcome.Completed, host.Run(CancellationToken.None).Outcome);
        Assert.True(exit == 0, output);
        Assert.Contains("my_model:Drift gives the same bits again, alone, and after a restart", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_forcing_of_the_page_is_what_its_class_is_given()
    {
        PythonClass.Require();
        var page = File.ReadAllLines(Path.Combine(Root, "docs", "bring-your-model.md"));
        var begin = Array.IndexOf(page, "    class Heated(cairn.Model):");
        var lines = page[begin..].TakeWhile(line => line.Length > 0).Select(line => line[4..]);
        File.WriteAllLines(Path.Combine(_folder, "my_model.py"), lines.Prepend("import cairn"));
        _ = FieldFile.Write(Path.Combine(_folder, "sst.nc"), "hours since 1990-01-16", [0, 24], [("sst", [280, 290])]);

        var model = Block(page, "    model {", "class = \"my_model:Heated\"");

        var found = RunPage([.. model, .. Analyses()], $"model.python={Interpreter}", "initial.history=[]");

        // The sun is over one of the two longitudes at the hour of the first step.
        Assert.Contains(found, value => value == 4);
        Assert.Contains(found, value => value > 4);
    }

    [Fact]
    public void The_older_times_of_the_page_are_what_its_file_is_given()
    {
        var page = File.ReadAllLines(Path.Combine(Root, "docs", "bring-your-model.md"));
        new OnnxGraph().Input("input", OnnxGraph.Float, "n", 4, 2, 2).Output("output", OnnxGraph.Float, "n", 4, 2, 2)
            .Node("Identity", ["input"], ["output"]).Write(Path.Combine(_folder, "two-times.onnx"));

        // The first two channels out are the first two in: what u and v were.
        Assert.All(RunPage([.. Block(page, "    model {", "path = two-times.onnx"), .. Analyses()]), value => Assert.Equal(3, value));
    }

    [SkippableTheory]
    [InlineData("def step(self, s):\n        self.n = getattr(self, 'n', 0) + 1\n        return s + self.dtype.type(self.n)",
        "taken twice")]
    [InlineData("def step(self, s):\n        return s + np.random.rand(*s.shape).astype(self.dtype)", "taken twice")]
    [InlineData("def step(self, s):\n        self.last = s\n        return s * 2", "keeps an array")]
    [InlineData("def init(self, f):\n        self.first = f.sum()\n        return f\n    def step(self, s):\n        return s + self.first",
        "member 0 alone")]
    [InlineData("def step(self, s):\n        return s + self.rng.random(s.shape).astype(self.dtype)", null)]
    public void The_checker_tells_what_a_restart_would_show(string body, string? expected)
    {
        PythonClass.Require();
        File.WriteAllText(
            Path.Combine(_folder, "checked.py"), $"import cairn\nimport numpy as np\n\nclass Checked(cairn.Model):\n    {body}\n");
        var (exit, output) = Python(
            "-c", "import sys; sys.path[0] = sys.argv[1]; from cairn.check import main; sys.exit(main(sys.argv[2:]))",
            Path.Combine(Root, "python"), "checked:Checked", "--path", _folder);

        Assert.Equal(expected is null ? 0 : 1, exit);
        Assert.Contains(expected ?? "the same bits again", output, StringComparison.Ordinal);
    }

    /// <summary>The initial condition of the page, with the file that it names: 3 at midnight, 4 six hours later.</summary>
    private List<string> Analyses()
    {
        _ = FieldFile.Write(
            Path.Combine(_folder, "analyses.nc"), "hours since 1990-01-16", [0, 6], [("u10m", [3, 4]), ("v10m", [3, 4])]);
        return Block(File.ReadAllLines(Path.Combine(Root, "docs", "bring-your-model.md")), "    initial {", "history = [6h]");
    }

    /// <summary>Runs one step of a spec, and gives u after it.</summary>
    private double[] RunPage(List<string> spec, params string[] settings)
    {
        File.WriteAllLines(Path.Combine(_folder, "run.conf"), spec.Prepend("name = page"));
        var read = RunSpecReader.Read(Path.Combine(_folder, "run.conf"),
        [
            "lead-times.every=6h", "lead-times.count=1", $"checkpoint.path={_folder}/checkpoints", $"output.path={_folder}/fields.zarr",
            .. settings,
        ]);
        using var host = PreparedRun.Create(read, new Cairn.Engine.Rollouts.RunOptions(), new RunObservers());
        Assert.Equal(RunOutcome.Completed, host.Run(CancellationToken.None).Outcome);
        return FieldStoreKinds.Open(new PosixFiles(), read.Output.Path!).Read(0, 1, 1, "u", mayLack: false);
    }

    private static OnnxModel Open(string path) => OnnxModel.Open(new OnnxModelOptions
    {
        Path = path,
        Mapping = OnnxMapping.Same(["u", "v"]),
        Grid = new LatLonGrid([90, 60, 30, 0, -30, -60, -90], [.. Enumerable.Range(0, 12).Select(i => 30.0 * i)]),
        Step = TimeSpan.FromHours(1),
    });

    /// <summary>The lines of an object up to its closing brace, without their indentation.</summary>
    private static List<string> Block(string[] lines, string first, string second)
    {
        var at = Enumerable.Range(0, lines.Length - 1).First(i => lines[i] == first && lines[i + 1].Trim() == second);
        var end = Array.FindIndex(lines, at, line => line.Trim() == "}");
        return [.. lines[at..(end + 1)].Select(line => line.Trim())];
    }

    private static (int Exit, string Output) Python(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Interpreter, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
